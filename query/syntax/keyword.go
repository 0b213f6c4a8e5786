package syntax

import "strings"

// keyword is a word with a meaning in the grammar. Only the reserved ones cannot
// be a name without quotes.
type keyword uint8

const (
	noKeyword keyword = iota
	// Reserved: where one may follow a name or a value, it is never a name.
	kwAnd
	kwAs
	kwAsc
	kwBetween
	kwBy
	kwDesc
	kwDistinct
	kwFalse
	kwFrom
	kwGroup
	kwIn
	kwInto
	kwIs
	kwLike
	kwLimit
	kwNearest
	kwNot
	kwNull
	kwOffset
	kwOn
	kwOr
	kwOrder
	kwSelect
	kwThreshold
	kwTo
	kwTrue
	kwUsing
	kwValues
	kwWhere
	kwWith
	kwWithin
	lastReserved = kwWithin
)

const (
	kwAgainst keyword = iota + lastReserved + 1
	kwAnalyze
	kwClass
	kwClasses
	kwClassify
	kwCollection
	kwCollections
	kwCompare
	kwCreate
	kwDedupe
	kwDelete
	kwDescribe
	kwDifferent
	kwDrop
	kwEf
	kwEvaluate
	kwExact
	kwExists
	kwExplain
	kwExport
	kwHnsw
	kwIf
	kwImport
	kwInsert
	kwKey
	kwLabel
	kwLabels
	kwLink
	kwMany
	kwModel
	kwModels
	kwNo
	kwOne
	kwRecord
	kwReplace
	kwSame
	kwSet
	kwShow
	kwTop
	kwTrain
	kwValid
	numKeywords
)

var keywordNames = [numKeywords]string{
	kwAnd: "AND", kwAs: "AS", kwAsc: "ASC", kwBetween: "BETWEEN", kwBy: "BY", kwDesc: "DESC", kwFalse: "FALSE",
	kwFrom: "FROM", kwGroup: "GROUP", kwIn: "IN", kwInto: "INTO", kwIs: "IS", kwLike: "LIKE", kwLimit: "LIMIT",
	kwNearest: "NEAREST", kwNot: "NOT", kwNull: "NULL", kwOffset: "OFFSET", kwOn: "ON", kwOr: "OR", kwOrder: "ORDER",
	kwSelect: "SELECT", kwThreshold: "THRESHOLD", kwTo: "TO", kwTrue: "TRUE", kwUsing: "USING", kwValues: "VALUES",
	kwWhere: "WHERE", kwWith: "WITH", kwWithin: "WITHIN",

	kwAgainst: "AGAINST", kwAnalyze: "ANALYZE", kwClass: "CLASS", kwClasses: "CLASSES", kwClassify: "CLASSIFY",
	kwCollection: "COLLECTION", kwCollections: "COLLECTIONS", kwCompare: "COMPARE", kwCreate: "CREATE",
	kwDedupe: "DEDUPE", kwDelete: "DELETE", kwDescribe: "DESCRIBE", kwDifferent: "DIFFERENT", kwDistinct: "DISTINCT",
	kwDrop: "DROP", kwEf: "EF", kwEvaluate: "EVALUATE", kwExact: "EXACT", kwExists: "EXISTS", kwExplain: "EXPLAIN",
	kwExport: "EXPORT", kwHnsw: "HNSW", kwIf: "IF", kwImport: "IMPORT", kwInsert: "INSERT", kwKey: "KEY",
	kwLabel: "LABEL", kwLabels: "LABELS", kwLink: "LINK", kwMany: "MANY", kwModel: "MODEL", kwModels: "MODELS",
	kwNo: "NO", kwOne: "ONE", kwRecord: "RECORD", kwReplace: "REPLACE", kwSame: "SAME", kwSet: "SET", kwShow: "SHOW",
	kwTop: "TOP", kwTrain: "TRAIN", kwValid: "VALID",
}

func (k keyword) String() string { return keywordNames[k] }

// keywords finds a keyword by its upper-case spelling.
var keywords = func() map[string]keyword {
	m := make(map[string]keyword, numKeywords)
	for k := noKeyword + 1; k < numKeywords; k++ {
		m[keywordNames[k]] = k
	}
	return m
}()

// longestKeyword is the length of COLLECTIONS.
const longestKeyword = 11

// keywordOf finds the keyword that a word is in any case.
func keywordOf(word string) keyword {
	if len(word) > longestKeyword {
		return noKeyword
	}
	var upper [longestKeyword]byte
	for i := range len(word) {
		c := word[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper[i] = c
	}
	return keywords[string(upper[:len(word)])]
}

// Keywords lists the words of the language in upper case, in byte order.
func Keywords() []string {
	words := make([]string, 0, numKeywords)
	for k := noKeyword + 1; k < numKeywords; k++ {
		words = append(words, keywordNames[k])
	}
	sortWords(words)
	return words
}

// Reserved says whether a word cannot be a name unless it is quoted.
func Reserved(word string) bool {
	k := keywordOf(word)
	return k != noKeyword && k <= lastReserved
}

// foreign are words of other dialects and what to do instead, by upper-case spelling.
var foreign = map[string]string{
	"ALTER":     "a schema stays as it is; CREATE COLLECTION another one and EXPORT and IMPORT the records",
	"BEGIN":     "every statement is a transaction of its own",
	"COMMIT":    "every statement is a transaction of its own",
	"ROLLBACK":  "every statement is a transaction of its own",
	"UPDATE":    "INSERT OR REPLACE INTO replaces whole records",
	"UPSERT":    "write INSERT OR REPLACE INTO",
	"MERGE":     "write INSERT OR REPLACE INTO",
	"TRUNCATE":  "write DELETE FROM without WHERE",
	"JOIN":      "LINK finds the partners between two collections",
	"INNER":     "LINK finds the partners between two collections",
	"LEFT":      "LINK finds the partners between two collections",
	"UNION":     "a statement reads one collection",
	"INTERSECT": "a statement reads one collection",
	"EXCEPT":    "a statement reads one collection",
	"HAVING":    "groups cannot be filtered; sort them with ORDER BY and cut with LIMIT",
	"ILIKE":     "LIKE ignores case",
	"GLOB":      "use LIKE with % and _",
	"REGEXP":    "use LIKE with % and _",
	"CASE":      "there is no CASE",
	"CAST":      "a field's kind says what it is",
	"TABLE":     "records are in a COLLECTION",
	"TABLES":    "write SHOW COLLECTIONS",
	"COPY":      "write EXPORT name TO 'file' or IMPORT 'file' INTO name",
	"PRAGMA":    "settings are dot commands of the shell; see .help",
}

func foreignHint(word string) string { return foreign[strings.ToUpper(word)] }
