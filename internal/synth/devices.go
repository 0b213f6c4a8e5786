package synth

import "strings"

// devices: sound, printing, storage, cables, cameras.
func devices() []family {
	return []family{
		{
			nouns:      [numTaxonomies]string{"wireless headphones", "Bluetooth headset", "over-ear headphones"},
			categories: [numTaxonomies]string{"Headphones", "Electronics > Audio > Headphones & Headsets", "headphone"},
			patterns:   []string{"BB-A###g/0", "BBA##g0"},
			names:      [3][]string{strings.Fields("Echo Serenade Pulse Tempo Cadenza Quartet Hush Tremolo")},
			axes:       []attribute{deviceColours, variety("Fit", "foldable|~fold.=F", "with boom microphone|~w/ boom mic=M", "with carry case|~w/ case=CC")},
			features:   []string{"active noise cancelling", "30 hours battery life", "soft ear cushions", "deep bass", "multipoint pairing", "built-in controls", "low latency mode", "quick charge"},
			low:        29, high: 330,
		},
		{
			nouns:      [numTaxonomies]string{"inkjet printer", "multifunction printer", "all-in-one printer"},
			categories: [numTaxonomies]string{"Printers", "Office > Printers & Scanners", "printer"},
			patterns:   []string{"BB-A###g0", "BB ###gA"},
			names:      [3][]string{strings.Fields("OfficeMate Inkwell Pressman Scribe Folio Quill Draftline Papyr")},
			axes: []attribute{
				variety("Connection", "WiFi|wifi|Wi-Fi=W", "Ethernet|~LAN=N", "Bluetooth|~BT=BT", "USB only=U", "fax line|~fax=FX", "cloud print=CP"),
				variety("Paper", "A4=4", "A3=3", "A5=5"),
				choice("Colour", "white|wht", "black|blk"),
			},
			features: []string{"duplex printing", "flatbed scanner", "touch display", "250-sheet tray", "borderless photos", "document feeder", "quiet mode", "mobile app"},
			low:      55, high: 480,
		},
		{
			nouns:      [numTaxonomies]string{"ink cartridge", "printer ink", "inkjet cartridge"},
			categories: [numTaxonomies]string{"Ink & Toner", "Office > Printer Supplies > Ink Cartridges", "ink"},
			patterns:   []string{"BB-A##g0", "A###g/0"},
			names:      [3][]string{strings.Fields("TrueTone InkPro DuraDye Claria Spectra Pigmenta")},
			axes: []attribute{
				choice("Ink", "black|blk=K", "cyan|~cyn=C", "magenta|~mag=M", "yellow|~yel=Y", "grey|gry=GY", "red|~rd=R"),
				variety("Yield", "standard yield|~std yield=S", "XL=XL", "XXL=XXL"),
				packs("1", "2", "3", "4"),
			},
			features: []string{"smudge resistant", "chip included", "fade proof dye", "sharp text", "vivid photos", "easy to fit", "recyclable shell", "page yield tested"},
			low:      8, high: 45,
		},
		{
			nouns:      [numTaxonomies]string{"solid state drive", "SSD", "internal SSD"},
			categories: [numTaxonomies]string{"SSDs", "Computers > Storage > Solid State Drives", "hard drive"},
			patterns:   []string{"BB-A##g-0", "BBA##g0", "A###gB/0"},
			names:      [3][]string{strings.Fields("Velocity Bolt Ignite Granite Rapide Torrent Cobalt Vector")},
			axes: []attribute{
				measure("Capacity", gigabyte, "120", "240", "250", "480", "500", "960").and(terabyte, "1", "2", "4"),
				variety("Form", "2.5 inch|2.5in|2.5\"|2.5-inch=S25", "M.2 2280|~M.2=M2", "mSATA=MS"),
			},
			features: []string{"3D NAND", "five-year warranty", "560 MB/s read speed", "DRAM cache", "heat spreader", "hardware encryption", "shock resistant", "low power draw"},
			low:      22, high: 120,
		},
		{
			nouns:      [numTaxonomies]string{"USB-C cable", "charging cable", "USB data cable"},
			categories: [numTaxonomies]string{"Cables", "Electronics > Accessories > Cables", "cable"},
			patterns:   []string{"BB-0A###g", "A###g-BB0"},
			names:      [3][]string{strings.Fields("FlexLink Tether DuraCord PowerLine Braidon Connecta")},
			axes: []attribute{
				measure("Length", metre, "0.3", "0.5", "1", "1.5", "2", "3", "5"),
				choice("Colour", "black|blk", "white|wht", "grey|gry", "red|~rd"),
				packs("1", "2", "3", "5"),
			},
			features: []string{"nylon braided", "60W fast charging", "480 Mbps transfer", "gold plated plugs", "strain relief", "tangle free", "reinforced ends", "slim connector"},
			low:      5, high: 24,
		},
		{
			nouns:      [numTaxonomies]string{"digital camera", "mirrorless camera", "system camera"},
			categories: [numTaxonomies]string{"Cameras", "Photo > Digital Cameras", "camera"},
			patterns:   []string{"BB-A##g", "A###gB 1"},
			names:      [3][]string{strings.Fields("Iris Optimo Reflecta Daguerre Finder Lucida Obscura")},
			axes: []attribute{
				variety("Kit", "body only|~body=BO", "with 16-50 mm lens|+ 16-50mm|with 16-50mm lens=K50", "with 18-55 mm lens|+ 18-55mm|with 18-55mm lens=K55",
					"with 18-135 mm lens|+ 18-135mm|with 18-135mm lens=K135", "with 24-70 mm lens|+ 24-70mm|with 24-70mm lens=K70", "with twin lens kit|~+ twin kit|twin lens kit=TL"),
				choice("Colour", "black|blk=BK", "silver|slv=SV", "brown|brn=BR"),
			},
			features: []string{"24 megapixel sensor", "4K video", "image stabiliser", "flip screen", "weather sealed", "eye autofocus", "dual card slots", "electronic viewfinder"},
			low:      290, high: 1900,
		},
		{
			nouns:      [numTaxonomies]string{"prime lens", "camera lens", "fixed focal lens"},
			categories: [numTaxonomies]string{"Lenses", "Photo > Lenses", "lens"},
			patterns:   []string{"BB 0/A##g", "A###g-0B"},
			names:      [3][]string{strings.Fields("Claritas Summar Planova Distago Heliox Sonarra")},
			axes: []attribute{
				measure("Focal length", millimet, "20", "24", "28", "35", "50", "85", "105", "135"),
				variety("Aperture", "f/1.4|f1.4=F14", "f/1.8|f1.8=F18", "f/2.8|f2.8=F28", "f/4|f4=F4"),
				variety("Mount", "K7 mount|K7|K7-mount=K", "RX mount|RX|RX-mount=R", "TZ mount|TZ|TZ-mount=T"),
			},
			features: []string{"quiet autofocus", "metal barrel", "lens hood included", "aspherical elements", "nano coating", "dust sealed", "manual focus ring", "nine-blade iris"},
			low:      120, high: 800,
		},
	}
}
