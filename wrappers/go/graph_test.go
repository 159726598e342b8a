package memtier_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"memtier.dev/memtier"
)

func nodeName(node memtier.Node) string {
	if node.Concept != "" {
		return "#" + node.Concept
	}
	return node.ID
}

// nodeOf is a node of the vectors: an id, or an object.
func nodeOf(t *testing.T, source json.RawMessage) (node memtier.Node) {
	t.Helper()
	if source == nil {
		return node
	}
	if json.Unmarshal(source, &node.ID) != nil {
		check(t, json.Unmarshal(source, &node))
	}
	return node
}

func (v vector) node(t *testing.T, key string) memtier.Node { return nodeOf(t, v.members[key]) }

func (v vector) link(t *testing.T) memtier.Link {
	link := memtier.Link{Source: v.node(t, "source"), Target: v.node(t, "target"), Kind: v.text(t, "kind")}
	v.decode(t, "weight", &link.Weight)
	return link
}

func (v vector) walk(t *testing.T) (walk memtier.Walk) {
	v.decode(t, "direction", &walk.Direction)
	v.decode(t, "kinds", &walk.Kinds)
	v.decode(t, "min_strength", &walk.MinStrength)
	return walk
}

func (v vector) number(t *testing.T, key string) (number int) {
	v.decode(t, key, &number)
	return number
}

func (v vector) fraction(t *testing.T, key string) (number *float64) {
	v.decode(t, key, &number)
	return number
}

func TestGraphOfTheVectors(t *testing.T) {
	var file struct{ Items, Links, Cases []vector }
	loadVectors(t, "graph.json", &file)
	store := openForVectors(t, memtier.InMemory)
	for _, item := range file.Items {
		must[memtier.Item](t)(store.In(item.scopeOfItself(t)).Put(ctx, memtier.Draft{JSON: item.source}))
	}
	var links []memtier.Link
	for _, link := range file.Links {
		links = append(links, link.link(t))
	}
	check(t, store.PutLinks(ctx, links))
	if len(file.Cases) < 37 {
		t.Errorf("only %d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		c := c
		c.run(t, func(t *testing.T) {
			found, err := runGraphCase(t, store.In(c.scope(t, "scope")), c)
			if status := c.text(t, "status"); status != "" {
				var failure *memtier.Error
				if !errors.As(err, &failure) || failure.Code.Name() != "MEMTIER_"+status {
					t.Errorf("%v, not %s", err, status)
				}
				return
			}
			check(t, err)
			expected := []string{}
			c.decode(t, "ids", &expected)
			expect(t, "ids", found, expected)
		})
	}
}

func runGraphCase(t *testing.T, memory *memtier.Memory, c vector) ([]string, error) {
	found := []string{}
	switch c.text(t, "do") {
	case "neighbours":
		all, _, err := memory.Neighbours(ctx, c.node(t, "node"), c.walk(t), c.number(t, "limit"))
		for _, one := range all {
			found = append(found, nodeName(one.Node))
		}
		return found, err
	case "path":
		query := memtier.PathQuery{Walk: c.walk(t), MaxHops: c.number(t, "max_hops")}
		c.decode(t, "by_strength", &query.ByStrength)
		path, err := memory.Path(ctx, c.node(t, "from"), c.node(t, "to"), query)
		for _, node := range path.Nodes {
			found = append(found, nodeName(node))
		}
		return found, err
	case "spread":
		return spreadCase(t, memory, c)
	case "links":
		list := memtier.LinkList{LinkFilter: memtier.LinkFilter{
			Source: c.node(t, "source"), Target: c.node(t, "target"), Kind: c.text(t, "kind")}}
		c.decode(t, "min_strength", &list.MinStrength)
		links, _, err := memory.Links(ctx, list)
		for _, link := range links {
			found = append(found, nodeName(link.Source)+">"+nodeName(link.Target))
		}
		return found, err
	case "concepts":
		concepts, _, err := memory.Concepts(ctx, memtier.ConceptList{Prefix: c.text(t, "prefix")})
		for _, concept := range concepts {
			found = append(found, nodeName(concept.Node))
		}
		return found, err
	case "put":
		var link vector
		check(t, json.Unmarshal(c.members["link"], &link))
		return nil, memory.PutLink(ctx, link.link(t))
	}
	t.Fatalf("an unknown case")
	return nil, nil
}

func spreadCase(t *testing.T, memory *memtier.Memory, c vector) ([]string, error) {
	query := memtier.SpreadQuery{Walk: c.walk(t), Hops: c.number(t, "hops"), Decay: c.fraction(t, "decay"),
		Threshold: c.fraction(t, "threshold"), MaxNodes: c.number(t, "max_nodes"), Limit: c.number(t, "limit")}
	var seeds []json.RawMessage
	c.decode(t, "seeds", &seeds)
	for _, seed := range seeds {
		query.Seeds = append(query.Seeds, memtier.Seed{Node: nodeOf(t, seed)})
	}
	spread, err := memory.Spread(ctx, query)
	found := []string{}
	for _, node := range spread.Nodes {
		found = append(found, nodeName(node.Node))
	}
	var activations []float64
	c.decode(t, "activations", &activations)
	for i, activation := range activations {
		if difference := spread.Nodes[i].Activation - activation; difference < -1e-6 || difference > 1e-6 {
			t.Errorf("activation %d is %v, not %v", i, spread.Nodes[i].Activation, activation)
		}
	}
	return found, err
}

func TestLinksAreReadAsTheyWerePut(t *testing.T) {
	store := open(t, memtier.WithClock(&manualClock{now: noon}))
	for _, id := range []string{"tea", "cup"} {
		must[memtier.Item](t)(store.Put(ctx, memtier.Draft{ID: id, Text: "a " + id}))
	}
	tea, cup := memtier.ItemNode("tea"), memtier.ItemNode("cup")
	check(t, store.CreateConcept(ctx, "drinks", "what is drunk", memtier.DurabilityFull))
	expectIs(t, store.CreateConcept(ctx, "drinks", ""), memtier.ErrExists)
	check(t, store.PutLink(ctx, memtier.Link{Source: tea, Target: memtier.ConceptNode("drinks"), Kind: "is_a"}))
	check(t, store.PutLink(ctx, memtier.Link{Source: tea, Target: cup, Weight: 0.5}))
	check(t, store.PutLink(ctx, memtier.Link{Source: tea, Target: cup, Weight: 0.25, Strengthen: true}))
	link := must[memtier.Link](t)(store.Link(ctx, tea, cup, ""))
	expect(t, "link", link, memtier.Link{Source: tea, Target: cup, Kind: memtier.LinkRelated, Weight: 0.75,
		Strength: 0.75, Made: noon.UTC(), Put: noon.UTC()})
	_, after, err := store.Links(ctx, memtier.LinkList{Limit: 1})
	check(t, err)
	rest, none, err := store.Links(ctx, memtier.LinkList{After: after})
	check(t, err)
	expect(t, "links behind the first", len(rest), 1)
	expect(t, "after", none, "")
	concepts, _, err := store.Concepts(ctx, memtier.ConceptList{})
	check(t, err)
	expect(t, "concept", concepts[0].Description, "what is drunk")
	expect(t, "links", concepts[0].Links, int64(1))
	document := must[json.RawMessage](t)(store.ExportGraph(ctx, memtier.GraphQuery{Around: []memtier.Node{tea}}))
	expectContains(t, string(document), `"label":"a tea"`)
	expectContains(t, must[string](t)(store.DrawGraph(ctx, memtier.GraphQuery{})), "digraph memtier {")
	check(t, store.DeleteConcept(ctx, "drinks"))
	expectIs(t, store.DeleteConcept(ctx, "drinks"), memtier.ErrNotFound)
	expect(t, "deleted", must[int64](t)(store.DeleteLinks(ctx, memtier.LinkFilter{Source: tea})), int64(1))
	_, err = store.Link(ctx, tea, cup, "")
	expectIs(t, err, memtier.ErrNotFound)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err = store.Spread(ended, memtier.SpreadQuery{Seeds: []memtier.Seed{{Node: tea}}})
	expectIs(t, err, memtier.ErrCancelled, context.Canceled)
}

func TestLinksAreLearnedWhereThatIsWanted(t *testing.T) {
	store := open(t, memtier.WithLearnedLinks(1), memtier.WithLinkHalfLife(0))
	for _, id := range []string{"a", "b"} {
		must[memtier.Item](t)(store.Put(ctx, memtier.Draft{ID: id}))
		must[memtier.Item](t)(store.Get(ctx, id))
	}
	check(t, store.Flush(ctx))
	link := must[memtier.Link](t)(store.Link(ctx, memtier.ItemNode("a"), memtier.ItemNode("b"),
		memtier.LinkReadTogether))
	expect(t, "weight", link.Weight, 0.1)
}
