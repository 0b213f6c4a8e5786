module github.com/doppeldb/doppel

go 1.26
