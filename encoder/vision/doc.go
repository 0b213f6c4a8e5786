// Package vision is the image side of the twin network: a convolutional network that
// turns a picture into a unit vector, and its training on labelled pictures.
//
//	spec.go      the architecture as text, the presets
//	input.go     a picture of any size becomes the network's input
//	layout.go    how activations lie in memory: rows with a border of zeros
//	net.go       parameters and statistics of a network
//	conv.go      convolution, forward above backward
//	norm.go      batch normalisation, skip, ReLU and pooling, forward above backward
//	dense.go     the last layer, forward above backward
//	tape.go      the whole network over a shard of a batch, forward and back
//	session.go   the whole network where nothing is learned any more
//	model.go     a network as bytes
package vision
