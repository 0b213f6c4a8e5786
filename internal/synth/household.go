package synth

import "strings"

// household: coffee machines, kettles, vacuum cleaners, shampoo.
func household() []family {
	return []family{
		{
			nouns:      [numTaxonomies]string{"espresso machine", "coffee maker", "coffee machine"},
			categories: [numTaxonomies]string{"Coffee", "Home > Kitchen Appliances > Coffee Machines", "coffee maker"},
			patterns:   []string{"BB ##gA/1", "BB-A###g"},
			names:      [3][]string{strings.Fields("Barista Crema Ristretto Aroma Lungo Piazza Moka")},
			axes: []attribute{
				measure("Tank", litre, "0.9", "1.2", "1.4", "1.8", "2.0", "2.5"),
				deviceColours,
				measure("Pressure", bar, "9", "15", "19", "20"),
			},
			features: []string{"milk frother", "integrated grinder", "cup warmer", "removable drip tray", "self cleaning", "two-cup function", "steam wand", "eco mode"},
			low:      70, high: 680,
		},
		{
			nouns:      [numTaxonomies]string{"electric kettle", "jug kettle", "cordless kettle"},
			categories: [numTaxonomies]string{"Kettles", "Home > Kitchen Appliances > Kettles", "kettle"},
			patterns:   []string{"BBA##g#-2", "A###g B"},
			names:      [3][]string{strings.Fields("Simmer Cuppa Boilwell Teatime Whistle Cascadia")},
			axes: []attribute{
				measure("Capacity", litre, "0.8", "1.0", "1.2", "1.5", "1.7", "2.0"),
				measure("Power", watt, "1500", "1850", "2200", "2400", "3000"),
				choice("Colour", "black|blk=BK", "white|wht=WH", "stainless steel|~s/steel=SS", "cream|~crm=CR", "red|~rd=RD", "copper|~cop=CU"),
			},
			features: []string{"limescale filter", "keep-warm function", "boil-dry protection", "360 degree base", "hidden element", "water gauge", "one-touch lid", "temperature control"},
			low:      19, high: 90,
		},
		{
			nouns:      [numTaxonomies]string{"vacuum cleaner", "bagless vacuum", "hoover"},
			categories: [numTaxonomies]string{"Vacuum cleaners", "Home > Floor Care > Vacuum Cleaners", "vacuum"},
			patterns:   []string{"BB-A##g#", "A###g/B1"},
			names:      [3][]string{strings.Fields("Cyclo Gale Sweep Dustbane Tornadic Neatly")},
			axes: []attribute{
				measure("Power", watt, "600", "700", "750", "800", "850", "900"),
				deviceColours,
				measure("Bin", litre, "1.5", "2", "2.5", "3.5"),
			},
			features: []string{"HEPA filter", "parquet brush", "pet hair tool", "wet & dry", "long cord", "quiet operation", "washable filter", "telescopic tube"},
			low:      55, high: 350,
		},
		{
			nouns:      [numTaxonomies]string{"shampoo", "hair shampoo", "shampoo bottle"},
			categories: [numTaxonomies]string{"Hair care", "Beauty > Hair Care > Shampoo", "shampoo"},
			names: [3][]string{
				strings.Fields("Birch Nettle Argan Lavandin Rosemary Coconut Oat Almond Verbena Chamomile Seaweed Jojoba Ginger Peony"),
				strings.Fields("repair volume moisture balance shine strengthening calming colour-protect anti-dandruff curl daily purifying"),
				strings.Fields("ritual therapy garden botanics essentials formula apothecary secret clinic"),
			},
			axes: []attribute{
				measure("Content", millilit, "75", "100", "200", "250", "300", "400", "500", "750"),
				packs("1", "2", "3", "6"),
			},
			features: []string{"silicone free", "vegan", "for sensitive scalp", "pH neutral", "with panthenol", "sulphate free", "dermatologically tested", "mild scent"},
			low:      3, high: 22,
		},
	}
}
