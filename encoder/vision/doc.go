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
//
//	train.go       training: options, the story of a run, what is kept
//	sampler.go     batches of classes, or episodes of supports and queries
//	training.go    one step: pictures changed at random, shards forward and back, parameters moved
//	augment.go     the changes; warp.go the map, turn.go quarter turns
//	validation.go  what held-out classes are asked
//	copies.go      the same picture in two classes
//	checkpoint.go  all that the next step depends on, as bytes
//	solve.go       a network of few classes whose last layer is computed, not trained
package vision
