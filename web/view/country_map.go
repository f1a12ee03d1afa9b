package view

// CountryMap shows how many things each country has: a square for each country
// of Europe about where it lies, and the same as a list.
type CountryMap struct {
	Countries []CountryCount // most first
}

// CountryCount is a country of a map.
type CountryCount struct {
	Code   string
	Name   string // in the reader's language
	Count  int
	Href   string // shows them
	Chosen bool
}

// Tile is a square of a map.
type Tile struct {
	Code   string
	X, Y   int // its corner
	Count  int
	Shade  int // 0 for none, to 3
	Middle int // of the square
	Below  int // where the number stands
}

// tileSize is the side of a square, with its margin.
const tileSize = 34

// tiles are where the countries of Europe lie, by row and column.
var tiles = [][]string{
	{"IS", "", "", "", "", "NO", "SE", "FI", ""},
	{"", "", "", "", "DK", "", "", "EE", ""},
	{"IE", "GB", "", "NL", "DE", "PL", "LT", "LV", ""},
	{"", "", "BE", "LU", "CZ", "SK", "UA", "BY", ""},
	{"", "FR", "CH", "LI", "AT", "HU", "RO", "MD", "GE"},
	{"PT", "ES", "MC", "IT", "SI", "HR", "RS", "BG", "AM"},
	{"", "AD", "", "SM", "BA", "ME", "XK", "TR", "AZ"},
	{"", "", "", "VA", "MT", "AL", "MK", "GR", "CY"},
}

// Tiles are the squares, the darker the more there is.
func (m CountryMap) Tiles() []Tile {
	counts, most := map[string]int{}, 1
	for _, c := range m.Countries {
		counts[c.Code] = c.Count
		most = max(most, c.Count)
	}
	var out []Tile
	for y, row := range tiles {
		for x, code := range row {
			if code == "" {
				continue
			}
			t := Tile{Code: code, X: x * tileSize, Y: y * tileSize, Count: counts[code], Middle: x*tileSize + tileSize/2 - 1, Below: y*tileSize + tileSize/2}
			if t.Count > 0 {
				t.Shade = 1 + 2*t.Count/most
			}
			out = append(out, t)
		}
	}
	return out
}

// Width and Height are the size of the map.
func (m CountryMap) Width() int  { return len(tiles[0]) * tileSize }
func (m CountryMap) Height() int { return len(tiles) * tileSize }
