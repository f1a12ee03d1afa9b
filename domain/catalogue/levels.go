package catalogue

import (
	"context"

	"interlink/domain/network"
)

// Levels is how far some hosts are trusted, by host: as [Service.Level] has it
// of each, else whether its catalogue is followed. Of others nothing is said:
// they are [TrustDiscovered].
func (s *Service) Levels(ctx context.Context, hosts []string) (map[string]Trust, error) {
	out := make(map[string]Trust, len(hosts))
	said, followed, err := s.store.SaidOf(ctx, hosts)
	if err != nil {
		return nil, err
	}
	for _, host := range hosts {
		out[host] = TrustDiscovered
		switch {
		case s.ns.Here(host):
			out[host] = TrustOwn
		case said[host] != "":
			out[host] = said[host]
		case followed[host]:
			out[host] = TrustFollowed
		}
		if s.hosts == nil {
			continue
		}
		switch verdict, err := s.hosts.Verdict(ctx, host); {
		case err != nil:
			return nil, err
		case verdict == network.VerdictBlock:
			out[host] = TrustBlocked
		case verdict == network.VerdictLimit:
			out[host] = TrustLimited
		}
	}
	return out, nil
}
