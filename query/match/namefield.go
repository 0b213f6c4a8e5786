package match

import "context"

// nameAs makes another text field the one that names the records, and derives
// everything anew: a model reads its evidence off the field that it was trained with.
func (c *corpus) nameAs(ctx context.Context, field string, threads int) error {
	for _, f := range c.texts {
		if c.schema[f].Name == field {
			c.name = f
		}
	}
	c.others = nil
	for _, f := range c.texts {
		if f != c.name {
			c.others = append(c.others, f)
		}
	}
	c.fields, c.number, c.tokens = nil, nil, tokenSets{}
	if err := c.buildViews(ctx, threads); err != nil {
		return err
	}
	if err := c.readNumbers(ctx, threads); err != nil {
		return err
	}
	return c.readTokens(ctx, threads)
}
