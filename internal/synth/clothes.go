package synth

import "strings"

// clothes: running shoes, T-shirts, backpacks.
func clothes() []family {
	return []family{
		{
			nouns:      [numTaxonomies]string{"running shoes", "trainers", "road running shoe"},
			categories: [numTaxonomies]string{"Shoes", "Sport > Running > Running Shoes", "running shoe"},
			names: [3][]string{
				strings.Fields("Stratus Gazelle Mistral Kestrel Zephyrus Caracal Tempest Falcon Meteor Sprinter Nimbus Pacer Trailhead Rocket"),
				strings.Fields("Glide Boost Ride Flow Racer Flight Bounce Drift Charge Stride"),
				strings.Fields("1 2 3 4 5 6 7 8 9"),
			},
			axes: []attribute{
				choice("Size", "UK 6|UK6|6 UK|size UK 6", "UK 7|UK7|7 UK|size UK 7", "UK 8|UK8|8 UK|size UK 8", "UK 9|UK9|9 UK|size UK 9", "UK 10|UK10|10 UK|size UK 10", "UK 11|UK11|11 UK|size UK 11", "UK 12|UK12|12 UK|size UK 12"),
				clothColours,
				choice("For", "men's|mens|men", "women's|~wmns|women"),
			},
			features: []string{"breathable mesh upper", "cushioned midsole", "reflective details", "8 mm drop", "grippy outsole", "padded collar", "removable insole", "neutral support"},
			low:      45, high: 170,
		},
		{
			nouns:      [numTaxonomies]string{"T-shirt", "tee", "short sleeve t-shirt"},
			categories: [numTaxonomies]string{"T-shirts", "Clothing > Tops > T-Shirts", "tshirt"},
			names: [3][]string{
				strings.Fields("Harbour Canyon Prairie Lagoon Summit Wharf Atlas Boulevard Cabin Dune Estuary Fjord"),
				strings.Fields("crew-neck v-neck henley pocket longline boxy raglan ringer slub striped"),
				strings.Fields("organic-cotton linen bamboo jersey pima-cotton modal recycled hemp waffle-knit"),
			},
			axes: []attribute{
				choice("Size", "XS|size XS", "S|small|size S|small", "M|medium|size M|medium", "L|large|size L|large", "XL|size XL", "XXL|2XL|size XXL|XXL"),
				clothColours,
				packs("1", "2", "3", "5"),
			},
			features: []string{"preshrunk", "ribbed collar", "side seams", "tagless", "soft touch", "relaxed drop shoulder", "machine washable", "180 gsm"},
			low:      9, high: 48,
		},
		{
			nouns:      [numTaxonomies]string{"backpack", "rucksack", "daypack"},
			categories: [numTaxonomies]string{"Bags", "Luggage & Travel > Backpacks", "backpack"},
			names: [3][]string{
				strings.Fields("Ridge Nomad Switchback Cairn Tundra Wayfarer Basecamp Larch Moraine Outpost Pioneer Sherpa"),
				strings.Fields("commuter trekking rolltop laptop hiking school urban alpine cycling weekender"),
				strings.Fields("classic pro ultra evo air lite plus neo core trek"),
			},
			axes: []attribute{
				measure("Volume", litre, "15", "18", "22", "25", "30", "35", "45"),
				clothColours,
			},
			features: []string{"rain cover", "padded straps", "sternum strap", "bottle pockets", "hidden zip", "ventilated back panel", "water repellent", "lockable zips"},
			low:      25, high: 190,
		},
	}
}
