package match_test

import (
	"context"
	"fmt"
	"log"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

// put stores titles as a collection.
func put(file *db.DB, name string, titles ...string) *db.Collection {
	c, err := file.Create(name, record.Schema{{Name: "title", Kind: record.Text}})
	if err != nil {
		log.Fatal(err)
	}
	for i, title := range titles {
		r := record.Record{Key: fmt.Sprint(name, i), Values: []string{title}}
		if err := c.Put(context.Background(), r); err != nil {
			log.Fatal(err)
		}
	}
	return c
}

func ExampleLink() {
	file, err := db.OpenTemp()
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	ours := put(file, "ours", "sony bravia kdl-40v3000 lcd tv", "canon powershot sd750 camera", "bose quietcomfort 2 headphones",
		"linksys wrt54g wireless router", "hp laserjet p1005 printer")
	theirs := put(file, "theirs", "Canon SD750 PowerShot", "coffee beans arabica 1kg", "HP LaserJet P1005 b/w printer",
		"Sony KDL40V3000 40in LCD TV", "Linksys WRT54G Router", "bose quiet comfort 2 headphones")

	result, err := match.Link(context.Background(), ours, theirs, match.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, pair := range result.Matches {
		left, right := result.Keys(pair)
		fmt.Println(left, right)
	}
	// Unordered output:
	// ours0 theirs3
	// ours1 theirs0
	// ours2 theirs5
	// ours3 theirs4
	// ours4 theirs2
}

func ExampleDedupe() {
	file, err := db.OpenTemp()
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	catalogue := put(file, "p", "sony bravia kdl-40v3000 lcd tv 40 inch", "apple ipod nano 8gb black", "Sony KDL40V3000 40in LCD TV Bravia",
		"canon powershot sd750 camera", "apple ipod nano 4gb black", "bose quietcomfort 2 headphones", "coffee beans arabica 1kg",
		"Arabica coffee beans, 1000 g", "linksys wrt54g wireless router", "hp laserjet p1005 printer")

	result, err := match.Dedupe(context.Background(), catalogue, match.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, cluster := range result.Clusters {
		for _, id := range cluster {
			fmt.Printf("%s %s\n", result.Left.Keys[id], result.Left.Rows[id][0])
		}
		fmt.Println()
	}
	// Output:
	// p0 sony bravia kdl-40v3000 lcd tv 40 inch
	// p2 Sony KDL40V3000 40in LCD TV Bravia
	//
	// p6 coffee beans arabica 1kg
	// p7 Arabica coffee beans, 1000 g
}
