package story

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Example is how a task was done elsewhere, as a story shows it.
type Example struct {
	Story        *Story // without snapshot
	Task         domain.Text
	Interlinkers []domain.IRI // used there
	Resources    int          // public ones that it made
}

// Like asks for examples of a task.
type Like struct {
	Problems []string       // codes of the task, its own and those above it
	Name     domain.Text    // a task of the same name is the most alike
	Process  domain.ActorID // of the task: its own stories are no examples
	Limit    int
}

// considered is how many stories are looked at for each example: some have no
// such task, and many may be of one organisation.
const considered = 8

// Examples finds stories with a task that answers the same problems, those
// that answer most of them first, but one of each organisation before a second
// of any; none if the task has no problems.
func (s *Service) Examples(ctx context.Context, v policy.Viewer, like Like) ([]Example, error) {
	if len(like.Problems) == 0 {
		return nil, nil
	}
	stories, err := s.store.Answering(ctx, like.Problems, like.Process, like.Limit*considered)
	if err != nil {
		return nil, err
	}
	stories = slices.DeleteFunc(stories, func(x *Story) bool { return policy.Allow(v, policy.Read, x) != nil })
	var examples []Example
	for part := range slices.Chunk(varied(stories), max(like.Limit, 1)) { // snapshots are large: no more are read than it takes
		shown, err := s.shown(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, x := range part {
			if task, ok := most(shown[x.Digest], like); ok && len(examples) < like.Limit {
				examples = append(examples, Example{Story: x, Task: task.name, Interlinkers: task.interlinkers, Resources: task.resources})
			}
		}
		if len(examples) == like.Limit {
			break
		}
	}
	return examples, nil
}

// varied puts the first story of each organisation before its others; else the
// order stays.
func varied(stories []*Story) []*Story {
	var first, others []*Story
	told := map[domain.ActorID]bool{}
	for _, x := range stories {
		if told[x.Owner] {
			others = append(others, x)
			continue
		}
		told[x.Owner] = true
		first = append(first, x)
	}
	return append(first, others...)
}

// shownTask is what counts of a task in a snapshot.
type shownTask struct {
	name         domain.Text
	codes        []string // in capitals, its own and those above it
	interlinkers []domain.IRI
	resources    int
}

// most is the task that is most alike: it answers the largest part of the
// problems without being about many others.
func most(tasks []shownTask, like Like) (best shownTask, ok bool) {
	score := 0.0
	for _, t := range tasks {
		common := 0
		for _, code := range like.Problems {
			if slices.Contains(t.codes, strings.ToUpper(code)) {
				common++
			}
		}
		if common == 0 {
			continue
		}
		alike := float64(common) / math.Sqrt(float64(len(t.codes)))
		for lang, name := range t.name {
			if name != "" && name == like.Name[lang] {
				alike += 10
				break
			}
		}
		if alike > score {
			best, score, ok = t, alike, true
		}
	}
	return best, ok
}

// maxShown is how many snapshots are kept in memory as their tasks.
const maxShown = 64

// shownSnapshots keeps the tasks of snapshots by digest: a snapshot never
// changes, and is large.
type shownSnapshots struct {
	mu    sync.Mutex
	tasks map[string][]shownTask
}

// shown returns the tasks of the snapshots of stories.
func (s *Service) shown(ctx context.Context, stories []*Story) (map[string][]shownTask, error) {
	out := make(map[string][]shownTask, len(stories))
	var missing []string
	s.snapshots.mu.Lock()
	for _, x := range stories {
		if tasks, ok := s.snapshots.tasks[x.Digest]; ok {
			out[x.Digest] = tasks
		} else if x.Digest != "" {
			missing = append(missing, x.Digest)
		}
	}
	s.snapshots.mu.Unlock()
	if len(missing) == 0 {
		return out, nil
	}
	read, err := s.store.Snapshots(ctx, missing)
	if err != nil {
		return nil, err
	}
	s.snapshots.mu.Lock()
	defer s.snapshots.mu.Unlock()
	if s.snapshots.tasks == nil || len(s.snapshots.tasks)+len(read) > maxShown {
		s.snapshots.tasks = make(map[string][]shownTask, maxShown)
	}
	for digest, shot := range read {
		out[digest] = shot.tasks()
		s.snapshots.tasks[digest] = out[digest]
	}
	return out, nil
}

func (s *Snapshot) tasks() []shownTask {
	byID := make(map[string]int, len(s.Process.Items))
	for i, it := range s.Process.Items {
		byID[it.ID] = i
	}
	made := map[string]int{}
	used := map[string][]domain.IRI{}
	for _, r := range s.Resources {
		made[r.Item]++
		if r.Interlinker != "" {
			used[r.Item] = append(used[r.Item], r.Interlinker)
		}
	}
	var tasks []shownTask
	for _, it := range s.Process.Items {
		if it.Kind != coproduction.Task {
			continue
		}
		t := shownTask{name: it.Name, interlinkers: used[it.ID], resources: made[it.ID]}
		for above, depth := it, 0; depth < 4; depth++ { // task, objective, phase
			for _, code := range above.Problems {
				if code = strings.ToUpper(code); !slices.Contains(t.codes, code) {
					t.codes = append(t.codes, code)
				}
			}
			at, ok := byID[above.Parent]
			if !ok {
				break
			}
			above = s.Process.Items[at]
		}
		for _, iri := range it.Interlinkers {
			if !slices.Contains(t.interlinkers, iri) {
				t.interlinkers = append(t.interlinkers, iri)
			}
		}
		tasks = append(tasks, t)
	}
	return tasks
}
