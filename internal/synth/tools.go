package synth

import "strings"

// tools: drills, hoses, light bulbs, office chairs.
func tools() []family {
	return []family{
		{
			nouns:      [numTaxonomies]string{"cordless drill", "drill driver", "cordless drill driver"},
			categories: [numTaxonomies]string{"Power tools", "DIY > Power Tools > Drills", "drill"},
			patterns:   []string{"BBA###g-0", "A###gBB0"},
			names:      [3][]string{strings.Fields("Torque Hammerfell Driveline Bruno Workhorse Spindle")},
			axes: []attribute{
				measure("Voltage", volt, "10.8", "12", "14.4", "18", "20", "36"),
				measure("Battery", ampHour, "1.5", "2.0", "3.0", "4.0", "5.0", "6.0"),
				variety("Set", "bare unit|~bare=BU", "with two batteries|~2 batt.=WB", "with tool bag|~w/ bag=TB"),
			},
			features: []string{"brushless motor", "two gears", "LED work light", "13 mm keyless chuck", "50 Nm torque", "hammer function", "belt clip", "soft grip"},
			low:      45, high: 260,
		},
		{
			nouns:      [numTaxonomies]string{"garden hose", "water hose", "hose pipe"},
			categories: [numTaxonomies]string{"Watering", "Garden > Watering > Hoses", "garden hose"},
			names: [3][]string{
				strings.Fields("Aqua Rain Meadow Spring Brook Delta Cascade Monsoon Willow Pond Fountain Stream"),
				strings.Fields("flex guard twist flow master pro line soft star plus max force"),
				strings.Fields("anti-kink reinforced braided knitted expandable drinking-safe all-weather five-ply lightweight heavy-duty"),
			},
			axes: []attribute{
				measure("Length", metre, "10", "15", "20", "25", "30", "40", "50"),
				measure("Diameter", millimet, "13", "16", "19", "25"),
				choice("Colour", "green|grn", "yellow|~yel", "orange|~orng"),
			},
			features: []string{"UV resistant", "with spray nozzle", "brass couplings", "frost proof", "phthalate free", "stays supple", "burst pressure tested", "no twisting"},
			low:      12, high: 60,
		},
		{
			nouns:      [numTaxonomies]string{"LED bulb", "light bulb", "LED lamp"},
			categories: [numTaxonomies]string{"Lighting", "Home > Lighting > Bulbs", "bulb"},
			patterns:   []string{"BB0-A###g", "A###g/0B"},
			names:      [3][]string{strings.Fields("Glow Solis Candela Daybreak Filamento Halcyon")},
			axes: []attribute{
				measure("Power", watt, "4", "5", "7", "9", "11", "13", "15"),
				variety("Cap", "E27=ES", "E14=SES", "GU10=GU", "B22=BC"),
				measure("Light", kelvin, "2700", "3000", "4000", "6500"),
				packs("1", "2", "4", "6", "10"),
			},
			features: []string{"dimmable", "flicker free", "frosted glass", "15000 hours", "instant start", "energy class A", "wide beam", "mercury free"},
			low:      3, high: 15,
		},
		{
			nouns:      [numTaxonomies]string{"office chair", "desk chair", "swivel chair"},
			categories: [numTaxonomies]string{"Chairs", "Office > Furniture > Chairs", "office chair"},
			patterns:   []string{"BB-A###g-0", "A##g#B"},
			names:      [3][]string{strings.Fields("Posture Ergolux Boardroom Balance Sedona Contour Reclina")},
			axes: []attribute{
				variety("Cover", "black mesh|blk mesh=BM", "grey fabric|gry fabric=GF", "brown leather|brn leather=BL", "white leather|wht leather=WL", "blue fabric|blu fabric=UF", "red mesh|~rd mesh=RM"),
				variety("Arms", "with armrests|w/ arms=WA", "without armrests|~no arms=NA", "folding armrests|~fold. arms=FA"),
				measure("Load", kilogram, "110", "120", "136", "150"),
			},
			features: []string{"lumbar support", "tilt lock", "gas lift", "headrest", "hard-floor castors", "synchronous mechanism", "padded seat", "breathable back"},
			low:      60, high: 420,
		},
	}
}
