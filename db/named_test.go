package db_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
)

func TestModels(t *testing.T) {
	d := dbtest.Open(t)
	if list, err := d.Models(); err != nil || len(list) != 0 {
		t.Errorf("new file: %v, %v", list, err)
	}
	if _, _, err := d.Model("scorer"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("no model: %v", err)
	}
	for i, size := range []int{0, 1, 1 << 20, 1<<20 + 1, 5<<19 + 7} {
		data := bytes.Repeat([]byte{byte(i), 7, 9}, size/3+1)[:size]
		put, err := d.PutModel("scorer", "match/scorer", data)
		if err != nil {
			t.Fatal(err)
		}
		got, info, err := d.Model("scorer")
		if err != nil || !bytes.Equal(got, data) || info != put {
			t.Errorf("%d bytes: %d came back, %+v, %v; put %+v", size, len(got), info, err, put)
		}
		if info.Version != i+1 || info.Size != size || info.Kind != "match/scorer" || len(info.Fingerprint) != 64 || time.Since(info.Created) > time.Minute {
			t.Errorf("%+v", info)
		}
		dbtest.Check(t, d)
	}
	if _, err := d.PutModel("other", "", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if list, err := d.Models(); err != nil || list[0].Name+" "+list[1].Name != "other scorer" {
		t.Errorf("%v, %v", list, err)
	}
	for what, err := range map[string]error{
		"no name":   second(d.PutModel("", "", nil)),
		"long kind": second(d.PutModel("x", strings.Repeat("k", 256), nil)),
	} {
		if !errors.Is(err, db.ErrName) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := d.DeleteModel("other"); err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteModel("other"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// Named models are not encoders: a new generation and Drop leave them alone.
func TestModelsStay(t *testing.T) {
	d := dbtest.Open(t)
	c := create(t, d, someProducts(20, 1))
	if _, err := d.PutModel("scorer", "k", []byte("weights")); err != nil {
		t.Fatal(err)
	}
	for _, dim := range []int{8, 16} {
		if err := c.SetEncoder(background, fit(t, someProducts(20, 1), dim)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Drop("products"); err != nil {
		t.Fatal(err)
	}
	if data, _, err := d.Model("scorer"); err != nil || string(data) != "weights" {
		t.Errorf("%q, %v", data, err)
	}
	if r, err := d.Check(background); err != nil || r.Models != 0 || r.Named != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
