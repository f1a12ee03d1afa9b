package node

import (
	"context"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"interlink/domain"
)

// Metrics answers /metrics in the format of Prometheus. What waits is read from
// the database when it is asked for; what happened are counters of this
// process. /debug/pprof/ shows what the process does and holds, for `go tool
// pprof`.
func (n *Node) Metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &metrics{n})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog: errorLog(n.o.Log), ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 2,
	}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// metrics collects what is special to a node.
type metrics struct{ n *Node }

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("interlink_"+name, help, labels, nil)
}

// The metrics. Labels have few values: queues, outcomes, the types that this
// node acts on, the worst hosts.
var (
	queueLength   = described("queue_length", "What waits in a queue of the node.", "queue")
	queueAge      = described("queue_age_seconds", "How long the oldest has waited.", "queue")
	queueFailed   = described("queue_failed", "What was given up and is kept for administrators.", "queue")
	deliveries    = described("deliveries_total", "Attempts to deliver, by how they ended.", "outcome")
	received      = described("received_total", "Attempts at received activities, by type and how they ended.", "type", "outcome")
	refused       = described("inbox_refused_total", "Requests to inboxes that were refused, by status.", "status")
	hostLag       = described("host_lag_seconds", "How long the oldest delivery to a host has waited; the worst hosts alone.", "host")
	hostWaiting   = described("host_waiting", "Deliveries that wait for a host; the worst hosts alone.", "host")
	hostFailures  = described("host_failures", "Failures in a row of a host; the worst hosts alone.", "host")
	hostsTroubled = described("hosts_troubled", "Hosts that are late, failing or paused.")
	commits       = described("commits_total", "Commits of SQLite's writer.")
	transactions  = described("transactions_total", "Transactions that shared those commits.")
)

// Describe implements prometheus.Collector.
func (m *metrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		queueLength, queueAge, queueFailed, deliveries, received, refused, hostLag, hostWaiting, hostFailures, hostsTroubled, commits, transactions,
	} {
		to <- d
	}
}

// collectWithin is how long the database may take.
const collectWithin = 10 * time.Second

// worst is how many hosts have metrics of their own.
const worst = 20

// Collect implements prometheus.Collector.
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectWithin)
	defer cancel()
	m.happened(to)
	if err := m.queues(ctx, to); err != nil {
		to <- prometheus.NewInvalidMetric(queueLength, err)
	}
	if err := m.hosts(ctx, to); err != nil {
		to <- prometheus.NewInvalidMetric(hostLag, err)
	}
}

func (m *metrics) queues(ctx context.Context, to chan<- prometheus.Metric) error {
	q, err := m.n.Queues(ctx)
	if err != nil {
		return err
	}
	ages, err := m.n.stores.traffic.Ages(ctx)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		name   string
		length int
		oldest time.Time
	}{
		{"received", q.Received, ages.Received}, {"fanouts", q.Fanouts, ages.Fanouts},
		{"deliveries", q.Deliveries, ages.Deliveries}, {"jobs", q.Jobs, ages.Jobs},
	} {
		age := time.Duration(0)
		if !one.oldest.IsZero() {
			age = max(0, m.n.mint.Now().Sub(one.oldest))
		}
		to <- gauge(queueLength, float64(one.length), one.name)
		to <- gauge(queueAge, age.Seconds(), one.name)
	}
	to <- gauge(queueFailed, float64(q.Failed), "received")
	to <- gauge(queueFailed, float64(q.Dead), "deliveries")
	return nil
}

func (m *metrics) hosts(ctx context.Context, to chan<- prometheus.Metric) error {
	now := m.n.mint.Now()
	list, err := m.n.stores.traffic.Hosts(ctx, true, now, domain.Page{Limit: worst})
	if err != nil {
		return err
	}
	to <- gauge(hostsTroubled, float64(list.Total))
	for _, h := range list.Items {
		to <- gauge(hostLag, h.Lag(now).Seconds(), h.Host.Host)
		to <- gauge(hostWaiting, float64(h.Waiting), h.Host.Host)
		to <- gauge(hostFailures, float64(h.Failures), h.Host.Host)
	}
	return nil
}

// happened gives the counters.
func (m *metrics) happened(to chan<- prometheus.Metric) {
	f := m.n.federation
	sent := f.sender.Outcomes()
	to <- counter(deliveries, sent.Done, "done")
	to <- counter(deliveries, sent.Retry, "retry")
	to <- counter(deliveries, sent.Dead, "dead")
	for _, o := range f.worker.Outcomes() {
		to <- counter(received, o.Done, o.Type, "done")
		to <- counter(received, o.Refused, o.Type, "refused")
		to <- counter(received, o.Retry, o.Type, "retry")
		to <- counter(received, o.Failed, o.Type, "failed")
	}
	for status, count := range f.handler.Refused() {
		to <- counter(refused, count, strconv.Itoa(status))
	}
	groups, members := m.n.db.Groups()
	to <- counter(commits, int64(groups))
	to <- counter(transactions, int64(members))
}

func gauge(d *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

func counter(d *prometheus.Desc, count int64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(count), labels...)
}
