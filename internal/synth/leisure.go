package synth

import "strings"

// leisure: protein powder, board games, tents.
func leisure() []family {
	return []family{
		{
			nouns:      [numTaxonomies]string{"protein powder", "protein shake", "protein supplement"},
			categories: [numTaxonomies]string{"Nutrition", "Sport > Sports Nutrition > Protein", "protein"},
			names: [3][]string{
				strings.Fields("Titan Apex Forge Primal Olympus Vigor Bison Granary Peak Anabol Gladius Muscleton"),
				strings.Fields("whey isolate casein pea soy rice egg blend hydro clear"),
				strings.Fields("gold elite basic natural complex recovery night active lean"),
			},
			axes: []attribute{
				choice("Flavour", "vanilla|~van.", "chocolate|choc", "strawberry|~strawb.", "banana|~ban.", "cookies & cream|cookies+cream|cookies and cream", "salted caramel|~salt. caramel", "hazelnut|~hazeln."),
				measure("Weight", gram, "300", "500", "750", "900").and(kilogram, "1", "2", "2.3", "5"),
			},
			features: []string{"low sugar", "20 g protein a serving", "gluten free", "dissolves easily", "with BCAA", "resealable pouch", "no aspartame", "scoop included"},
			low:      11, high: 39,
		},
		{
			nouns:      [numTaxonomies]string{"board game", "family board game", "strategy game"},
			categories: [numTaxonomies]string{"Games", "Toys > Games > Board Games", "board game"},
			names: [3][]string{
				strings.Fields("Castles Caravans Dragons Merchants Gardens Pirates Wizards Trains Islands Beekeepers Lighthouses Explorers Alchemists Bakers Robots Foxes"),
				{"of Marrow", "of Tarn", "of the Delta", "of Ostrava Bay", "at Midnight", "in the Mist", "on the Edge", "of Old Kesh", "under Ice", "beyond the Wall", "against Time", "of Brindle"},
				{"", "- Rising", "- Legacy", "- the Duel", "- Origins", "- Reborn", "- Chronicles", "- Conquest"},
			},
			axes: []attribute{
				choice("Edition", "base game|base", "deluxe edition|deluxe ed.", "travel edition|travel ed.", "anniversary edition|~anniv. ed.", "junior edition|junior ed.", "card game edition|card game ed."),
				choice("Language", "English|~EN", "German|~DE", "French|~FR", "Spanish|~ES", "Italian|~IT", "Dutch|~NL"),
			},
			features: []string{"2-4 players", "ages 10 and up", "60 minutes", "wooden pieces", "cooperative play", "modular board", "quick to learn", "illustrated cards"},
			low:      14, high: 85,
		},
		{
			nouns:      [numTaxonomies]string{"tent", "camping tent", "outdoor tent"},
			categories: [numTaxonomies]string{"Camping", "Outdoor > Camping > Tents", "tent"},
			names: [3][]string{
				strings.Fields("Yukon Sierra Loch Savanna Tasman Andes Karoo Baltic Dakota Pampas Lapland Atacama"),
				strings.Fields("dome tunnel geodesic pop-up ridge cabin bivvy teepee"),
				strings.Fields("100 150 200 250 300 400 500 600 700 800 900"),
			},
			axes: []attribute{
				choice("Sleeps", "1 person|~1P|1-person", "2 person|~2P|2-person", "3 person|~3P|3-person", "4 person|~4P|4-person", "5 person|~5P|5-person", "6 person|~6P|6-person"),
				choice("Colour", "green|grn", "sand|~snd", "orange|~orng", "blue|blu"),
			},
			features: []string{"sewn-in groundsheet", "3000 mm water column", "fibreglass poles", "aluminium pegs", "mosquito net", "two entrances", "quick pitch", "UV coating"},
			low:      49, high: 420,
		},
	}
}
