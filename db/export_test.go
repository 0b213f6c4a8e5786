package db

// HeadOfVersion is the head of a file of another format version.
func HeadOfVersion(v uint32) []byte { return fileHead{version: v, created: 1}.encode() }
