package query_test

import (
	"context"
	"fmt"
	"log"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query"
)

func Example() {
	ctx := context.Background()
	file, err := db.OpenTemp() // or db.Open("shop.doppel", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	for _, text := range []string{
		"CREATE COLLECTION shop (sku TEXT KEY, title TEXT, brand CATEGORY, price NUMBER)",
		`INSERT INTO shop VALUES ('17', 'Tarvo cordless drill 18V, black', 'tarvo', 89.90),
			('18', 'Mellingford steel kettle 1.7 l', 'mellingford', 29), ('19', 'Drill cordless TARVO 18 V', NULL, 85)`,
	} {
		if _, err := query.Run(ctx, file, text); err != nil {
			log.Fatal(err)
		}
	}
	rows, err := query.Run(ctx, file, "SELECT sku, title FROM shop NEAREST TO ? WHERE price < :most ORDER BY sku LIMIT 2",
		"cordless drill by Tarvo", query.Named("most", 100))
	if err != nil {
		log.Fatal(err)
	}
	for row, err := range rows.All() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(row[0], row[1])
	}
	_, err = query.Run(ctx, file, "SELECT titel FROM shop")
	fmt.Println(err)
	// Output:
	// 17 Tarvo cordless drill 18V, black
	// 19 Drill cordless TARVO 18 V
	// line 1, column 8: shop has no field titel; did you mean title?
}
