package record_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/record"
)

// column makes n values.
func column(n int, value func(i int) string) []string {
	c := make([]string, n)
	for i := range c {
		c[i] = value(i)
	}
	return c
}

// pick takes the i-th of values, over and over.
func pick(values ...string) func(int) string {
	return func(i int) string { return values[i%len(values)] }
}

func TestInfer(t *testing.T) {
	mix := func(i int) int { return (i*7919 + 13) % 100003 } // spreads i, without order
	for _, c := range []struct {
		name   string
		values []string
		want   record.Kind
	}{
		{"nothing", column(10, pick("")), record.Ignore},
		{"white space", column(10, pick(" ", "\t")), record.Ignore},
		{"no rows", nil, record.Ignore},
		{"price", column(300, func(i int) string { return fmt.Sprintf("$%d.%02d", mix(i)%900, i%100) }), record.Number},
		{"price, half missing", column(300, func(i int) string { return []string{"", fmt.Sprint(mix(i)%5000, ".50")}[i%2] }), record.Number},
		{"whole price", column(300, func(i int) string { return fmt.Sprint(mix(i) % 5000) }), record.Number},
		{"year", column(300, func(i int) string { return fmt.Sprint(1950 + i%70) }), record.Number},
		{"year in brackets", column(300, pick("1995,", "1996.", "(1997).", "2003")), record.Number},
		{"flag", column(300, pick("0", "1")), record.Number},
		{"postcode", column(300, func(i int) string { return fmt.Sprint(10000 + mix(i)%90000) }), record.Code},
		{"postcode, leading zeros", column(300, func(i int) string { return fmt.Sprintf("%04d", mix(i)%10000) }), record.Code},
		{"phone", column(300, func(i int) string { return fmt.Sprintf("%d/555-%04d", 200+i%9, mix(i)%10000) }), record.Code},
		{"phone with spaces", column(300, func(i int) string { return fmt.Sprintf("(0%d) 9555 %04d", i%9, mix(i)%10000) }), record.Code},
		{"barcode", column(300, func(i int) string { return fmt.Sprint(4000000000000 + mix(i)*977) }), record.Code},
		{"ISO date", column(300, func(i int) string { return fmt.Sprintf("19%02d-%02d-%02d", mix(i)%90, 1+i%12, 1+i%28) }), record.Code},
		{"part number", column(300, func(i int) string { return fmt.Sprintf("KDL-%dV%d", i, mix(i)%100) }), record.Code},
		{"colour", column(300, pick("red", "Red", "dark blue", "green")), record.Category},
		{"state", column(1000, pick("nsw", "vic", "qld", "sa", "wa", "tas", "act", "nt")), record.Category},
		{"grade with digits", column(300, pick("class1", "class2", "class3")), record.Category},
		{"title", column(300, func(i int) string { return fmt.Sprintf("sony tv %d black", i) }), record.Text},
		{"name", column(300, func(i int) string { return fmt.Sprintf("%c%c smith", 'a'+i%26, 'a'+i/26) }), record.Text},
		{"e-mail", column(300, func(i int) string { return fmt.Sprintf("robert%d@smith.net", i) }), record.Text},
		{"link", column(300, func(i int) string { return fmt.Sprintf("https://shop.example/%d", mix(i)) }), record.Text},
		{"few but long", column(300, pick("a sentence of many words", "another sentence, just as long")), record.Text},
	} {
		rows := make([][]string, len(c.values))
		for i, v := range c.values {
			rows[i] = []string{v}
		}
		if got := record.Infer([]string{"c"}, rows)[0]; got.Kind != c.want || got.Name != "c" {
			t.Errorf("%s: %v, want %v", c.name, got.Kind, c.want)
		}
	}
}

func TestInferRaggedRows(t *testing.T) {
	got := record.Infer([]string{"a", "b"}, [][]string{{"1.5"}, {}, {"2", "x", "too many"}, nil})
	if want := "a:number,b:text"; got.String() != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// A file that is sorted must not be judged by its first rows.
func TestInferLooksAtAllOfASortedFile(t *testing.T) {
	rows := make([][]string, 60000)
	for i := range rows {
		rows[i] = []string{"unknown"}
		if i > 25000 {
			rows[i][0] = fmt.Sprintf("artist %c%d", 'a'+i%26, i)
		}
	}
	if got := record.Infer([]string{"artist"}, rows)[0].Kind; got != record.Text {
		t.Errorf("got %v", got)
	}
}

func TestInferRealData(t *testing.T) {
	dir, err := datasets.Dir()
	if err != nil {
		t.Skip("no data sets on this machine: ", err)
	}
	for _, c := range []struct{ file, truth, want string }{
		{"em-abt-buy/tableA.csv", "", "name:text,description:text,price:number"},
		{"em-abt-buy/tableB.csv", "", "name:text,description:text,price:number"},
		{"em-amazon-google/tableA.csv", "", "title:text,manufacturer:text,price:number"},
		{"em-amazon-google/tableB.csv", "", "title:text,manufacturer:text,price:number"},
		{"em-dblp-acm/tableA.csv", "", "title:text,authors:text,venue:category,year:number"},
		{"em-dblp-acm/tableB.csv", "", "title:text,authors:text,venue:text,year:number"},
		{"em-fodors-zagats/tableA.csv", "", "name:text,addr:text,city:text,phone:code,type:text"},
		{"em-fodors-zagats/tableB.csv", "", "name:text,addr:text,city:text,phone:code,type:text"},
		{"wdc-computers/tableA.csv", "", "title:text"},
		{"dedup-restaurant/records.csv", "cluster_id", "name:text,addr:text,city:text,phone:code,type:text"},
		{"dedup-affiliations/records.csv", "cluster_id", "affiliation:text"},
		{"dedup-cora/records.csv", "cluster_id", "address:text,author:text,editor:text,institution:text,month:text,note:text," +
			"pages:text,publisher:text,title:text,venue:text,volume:text,year:number"},
		{"dedup-febrl/dataset3.csv", "cluster_id", "given_name:text,surname:text,street_number:number,address_1:text," +
			"address_2:text,suburb:text,postcode:code,state:category,date_of_birth:code,soc_sec_id:code"},
		{"banking77/train.csv", "", "text:text,category:category"},
	} {
		table, err := datasets.ReadTable(filepath.Join(dir, c.file), "id", c.truth)
		if err != nil {
			t.Logf("skipped: %v", err)
			continue
		}
		if got := record.Infer(table.Header, table.Rows).String(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.file, got, c.want)
		}
	}
}
