package synth

import "strings"

// screens: televisions, monitors, laptops, phones.
func screens() []family {
	return []family{
		{
			nouns:      [numTaxonomies]string{"4K LED TV", "television", "UHD Smart TV"},
			categories: [numTaxonomies]string{"TVs", "Electronics > TV & Home Cinema > Televisions", "television"},
			patterns:   []string{"BB-0A###g", "BB0A##g", "0BB ####g"},
			names:      [3][]string{strings.Fields("Aurora Vista Meridian Cinemate Lumen Horizon Panora Skyline Opaline")},
			axes: []attribute{
				measure("Screen", inch, "32", "40", "43", "46", "50", "55", "65", "75"),
				measure("Year", model, "2020", "2021", "2022", "2023"),
			},
			features: []string{"HDR10", "direct backlight", "three HDMI inputs", "voice remote", "slim bezel", "Dolby-style surround sound", "built-in tuner", "wall mountable"},
			low:      190, high: 1600,
		},
		{
			nouns:      [numTaxonomies]string{"monitor", "LCD display", "computer monitor"},
			categories: [numTaxonomies]string{"Monitors", "Computers > Peripherals > Monitors", "monitor"},
			patterns:   []string{"BB0A##g", "A###g-0BB"},
			names:      [3][]string{strings.Fields("ViewPoint ClearLine Optica Deskview Prisma Studio Framework Tableau")},
			axes: []attribute{
				measure("Screen", inch, "21.5", "22", "24", "27", "28", "32", "34"),
				measure("Refresh rate", hertz, "60", "75", "100", "144", "165"),
				deviceColours,
			},
			features: []string{"IPS panel", "height adjustable stand", "DisplayPort", "flicker free", "low blue-light mode", "pivot function", "built-in speakers", "thin frame"},
			low:      95, high: 700,
		},
		{
			nouns:      [numTaxonomies]string{"laptop", "notebook PC", "laptop computer"},
			categories: [numTaxonomies]string{"Laptops", "Computers > Notebooks", "notebook"},
			patterns:   []string{"BB A###g", "##A##g"},
			names:      [3][]string{strings.Fields("Voyager Slate Traveller Scholar Notion Zenbird Airlight Workmate")},
			axes: []attribute{
				measure("Display", inch, "11.6", "13.3", "14", "15.6", "16", "17.3"),
				measure("Memory", ram, "4", "8", "12", "16", "24", "32", "64"),
				measure("Storage", unit{" GB SSD", "GB SSD", "gb ssd", " gigabyte SSD"}, "128", "256", "512").
					and(unit{" TB SSD", "TB SSD", "tb ssd", " terabyte SSD"}, "1", "2"),
				choice("Colour", "silver|slv", "graphite|~gph", "midnight blue|~mid blue", "white|wht"),
			},
			features: []string{"backlit keyboard", "aluminium lid", "fingerprint reader", "HD webcam", "fast charging", "matte panel", "quad-core processor", "six-core processor"},
			low:      320, high: 1700,
		},
		{
			nouns:      [numTaxonomies]string{"smartphone", "mobile phone", "SIM-free smartphone"},
			categories: [numTaxonomies]string{"Phones", "Electronics > Phones & Accessories > Smartphones", "mobile phone"},
			patterns:   []string{"BB-A###g", "A#A#g/BB"},
			names:      [3][]string{strings.Fields("Nova Pebble Orbit Pixelle Comet Sonnet Ember Rally")},
			axes: []attribute{
				measure("Storage", gigabyte, "32", "64", "128", "256", "512").and(terabyte, "1"),
				choice("Colour", "black|blk", "white|wht", "ocean blue|~ocn blue", "coral|~crl", "mint|~mnt", "lavender|~lav", "gold|~gld"),
			},
			features: []string{"dual SIM", "OLED screen", "triple camera", "NFC", "all-day battery", "wireless charging", "face unlock", "stereo speakers"},
			low:      140, high: 900,
		},
	}
}
