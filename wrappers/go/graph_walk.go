package memtier

import (
	"context"
	"encoding/json"

	"memtier.dev/memtier/internal/native"
)

// A Direction is that of the links that a walk follows.
type Direction string

// The directions; the zero Direction is BothWays.
const (
	BothWays Direction = "both"
	Outgoing Direction = "out" // from source to target
	Incoming Direction = "in"
)

// A Walk says which links are followed: the zero Walk is all.
type Walk struct {
	Direction   Direction `json:"direction,omitempty"`
	Kinds       []string  `json:"kinds,omitempty"`
	MinStrength float64   `json:"min_strength,omitempty"`
}

// A Neighbour is a node with the link that leads to it, or comes from it.
type Neighbour struct {
	Node
	Kind      string
	Direction Direction // Outgoing: the link leads to it
	Weight    float64
	Strength  float64
}

// Neighbours are what a node is linked with, the strongest first, and how many there are in all; at
// most limit, where 0 is 100.
func (m *Memory) Neighbours(ctx context.Context, node Node, walk Walk, limit int) ([]Neighbour, int64,
	error) {
	var answer struct {
		Neighbours []Neighbour
		Total      int64
	}
	err := m.ask(ctx, struct {
		Walk
		Node  Node `json:"node"`
		Limit int  `json:"limit,omitempty"`
	}{walk, node, limit}, native.GraphListNeighbours, &answer)
	return answer.Neighbours, answer.Total, err
}

// A PathQuery says how a path is to be found.
type PathQuery struct {
	Walk
	ByStrength bool // the least sum of 1/strength, in place of the fewest links
	MaxHops    int  // of a path by hops; 0 is 6
	MaxNodes   int  // to be looked at; 0 is 100000
}

// A Path leads from its first node to its last; Links[i] joins Nodes[i] and Nodes[i+1].
type Path struct {
	Nodes []Node
	Links []Link
}

// Path is how one node leads to another. ErrNotFound if none is found within the limits.
func (m *Memory) Path(ctx context.Context, from, to Node, query PathQuery) (Path, error) {
	by := ""
	if query.ByStrength {
		by = "strength"
	}
	var answer struct {
		Nodes []Node
		Links []linkDocument
	}
	err := m.ask(ctx, struct {
		Walk
		From     Node   `json:"from"`
		To       Node   `json:"to"`
		By       string `json:"by,omitempty"`
		MaxHops  int    `json:"max_hops,omitempty"`
		MaxNodes int    `json:"max_nodes,omitempty"`
	}{query.Walk, from, to, by, query.MaxHops, query.MaxNodes}, native.GraphFindPath, &answer)
	return Path{answer.Nodes, linksOf(answer.Links)}, err
}

// A Seed is where activation begins.
type Seed struct {
	Node
	Activation float64 `json:"activation,omitempty"` // 0 is 1
}

// A SpreadQuery says how activation spreads.
type SpreadQuery struct {
	Walk
	Seeds     []Seed
	Hops      int      // 0 is 3
	Decay     *float64 // what a node hands on; nil is 0.5
	Threshold *float64 // nodes with less are not kept; nil is 0.001
	MaxNodes  int      // that are activated; 0 is 1000
	Limit     int      // that are returned; 0 is 20
}

// An Activated is a node that activation reached.
type Activated struct {
	Node
	Activation float64
	Hops       int
}

// A Spread is what came to mind.
type Spread struct {
	Nodes     []Activated // but the seeds, the strongest first
	Activated int64       // in all
	Truncated bool        // more were reached than MaxNodes
}

// Spread lets activation spread from seeds along links; memtier_graph_spread in memtier.h says how.
func (m *Memory) Spread(ctx context.Context, query SpreadQuery) (Spread, error) {
	var answer Spread
	err := m.ask(ctx, struct {
		Walk
		Seeds     []Seed   `json:"seeds"`
		Hops      int      `json:"hops,omitempty"`
		Decay     *float64 `json:"decay,omitempty"`
		Threshold *float64 `json:"threshold,omitempty"`
		MaxNodes  int      `json:"max_nodes,omitempty"`
		Limit     int      `json:"limit,omitempty"`
	}{query.Walk, query.Seeds, query.Hops, query.Decay, query.Threshold, query.MaxNodes, query.Limit},
		native.GraphSpread, &answer)
	return answer, err
}

// A GraphQuery says which part of the graph is exported: what lies Around nodes, or, without any,
// all links that the scope shows.
type GraphQuery struct {
	Walk
	Around   []Node
	Hops     int // from these; 0 is 2
	MaxNodes int // 0 is 1000
}

func (q GraphQuery) question(format string) any {
	return struct {
		Walk
		Format   string `json:"format"`
		Around   []Node `json:"around,omitempty"`
		Hops     int    `json:"hops,omitempty"`
		MaxNodes int    `json:"max_nodes,omitempty"`
	}{q.Walk, format, q.Around, q.Hops, q.MaxNodes}
}

// ExportGraph is a part of the graph as a JSON document: memtier_graph_export in memtier.h.
func (m *Memory) ExportGraph(ctx context.Context, query GraphQuery) (json.RawMessage, error) {
	return m.askBytes(ctx, query.question("json"), native.GraphExport)
}

// DrawGraph is a part of the graph for GraphViz.
func (m *Memory) DrawGraph(ctx context.Context, query GraphQuery) (string, error) {
	drawing, err := m.askBytes(ctx, query.question("dot"), native.GraphExport)
	return string(drawing), err
}
