package picture

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

const (
	// maxRatio bounds what an archive says it unpacks to, in times its size. Deflate reaches 1,032;
	// an archive whose members overlap claims more, and pictures hardly shrink at all.
	maxRatio = 200
	// smallArchive is what may always be unpacked, bytes.
	smallArchive = 64 << 20
	// encrypted is the flag of a member with a password.
	encrypted = 1
)

// unzip lists the members of a zip.
func (f *Folder) unzip() error {
	info, err := os.Stat(f.Path)
	if err != nil {
		return unreadable(f.Path, err)
	}
	if !info.Mode().IsRegular() {
		return &Error{Name: f.Path, Msg: "is neither a folder nor a file; name a folder of pictures or a .zip of one", Err: ErrFolder}
	}
	z, err := zip.OpenReader(f.Path)
	if err != nil {
		return &Error{Name: f.Path, Msg: fmt.Sprintf("is neither a folder nor a whole zip archive (%v); name a folder of pictures or a .zip of one", err), Err: ErrFolder}
	}
	f.close = z.Close
	var total uint64
	for _, m := range z.File {
		if total += m.UncompressedSize64; total > smallArchive && total/maxRatio > uint64(info.Size()) || m.UncompressedSize64 > 1<<62 {
			return &Error{Name: f.Path, Msg: fmt.Sprintf("would unpack to more than %d times its size: it is no archive of pictures", maxRatio), Err: ErrTooLarge}
		}
	}
	top := topFolder(z.File)
	for _, m := range z.File {
		name, ok := memberName(m)
		if !ok {
			continue
		}
		if m.Flags&encrypted != 0 {
			f.Skipped = append(f.Skipped, &Error{Name: name, Msg: "is locked with a password; unpack it first", Err: ErrFolder})
			continue
		}
		f.add(strings.TrimPrefix(name, top), int64(m.UncompressedSize64), func() (io.ReadCloser, error) { return m.Open() })
	}
	return nil
}

// memberName gives the path of a file; ok is false for folders and hidden files.
func memberName(m *zip.File) (name string, ok bool) {
	name = strings.ToValidUTF8(strings.ReplaceAll(m.Name, `\`, "/"), "\ufffd")
	if strings.HasSuffix(name, "/") || !m.Mode().IsRegular() {
		return "", false
	}
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return "", false
		}
	}
	return name, name != ""
}

// topFolder is the one folder that holds the folders of the classes, as when "faces" was
// packed and not what is in it; "" where there is no such folder.
func topFolder(members []*zip.File) string {
	top := ""
	for _, m := range members {
		name, ok := memberName(m)
		if !ok {
			continue
		}
		first, rest, inside := strings.Cut(name, "/")
		if !inside || !strings.Contains(rest, "/") || top != "" && top != first+"/" {
			return ""
		}
		top = first + "/"
	}
	return top
}
