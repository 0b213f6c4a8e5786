package query

import (
	"errors"

	"github.com/doppeldb/doppel/query/syntax"
)

func (st statement) planImport(x *syntax.Import) (plan, error) { return nil, errors.ErrUnsupported }
func (st statement) planExport(x *syntax.Export) (plan, error) { return nil, errors.ErrUnsupported }
