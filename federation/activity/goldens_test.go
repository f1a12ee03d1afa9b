package activity_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/participation"
	"interlink/federation/activity"
	"interlink/federation/httpsig"
)

// encoders write documents and activities, by file name.
type encoders = map[string]func() ([]byte, error)

// goldens are all documents and activities that a node sends.
func goldens(t testing.TB) encoders {
	all := encoders{"context-document": activity.Context}
	for _, some := range []encoders{
		actorGoldens(), followGoldens(), catalogueGoldens(t), storyGoldens(t), postGoldens(t), moderationGoldens(), featureGoldens(),
		groupGoldens(), workGoldens(), applicationGoldens(), lineageGoldens(t), reviewGoldens(), reuseGoldens(), pollGoldens(),
	} {
		maps.Copy(all, some)
	}
	for name, encode := range all {
		all[name] = func() ([]byte, error) { return finished(encode()) }
	}
	return all
}

// actorGoldens are actors.
func actorGoldens() encoders {
	actor := func(in activity.ActorInput) func() ([]byte, error) {
		return func() ([]byte, error) {
			in = withKeys(in)
			in.Handle = in.Actor.Name + "@zaragoza.example"
			return activity.Encode(activity.Actor(in))
		}
	}
	return encoders{
		"actor-person":       actor(activity.ActorInput{Actor: person}),
		"actor-organization": actor(activity.ActorInput{Actor: council, Title: domain.Text{"en": "City lab", "es": "Laboratorio de ciudad"}}),
		"actor-team":         actor(activity.ActorInput{Actor: team, Extension: activity.ActorExtension{Team: &activity.TeamExtension{Organization: council.IRI, Kind: "public_administration"}}}),
		"actor-community":    actor(activity.ActorInput{Actor: group, Featured: activity.Featured(group.IRI), Moderators: activity.Moderators(group.IRI), About: ruled().About("en", "Rules", 8000), Extension: activity.ActorExtension{Community: activity.Community(ruled(), council.IRI)}}),
		"actor-process":      actor(activity.ActorInput{Actor: work, Title: processOf().Title, Openness: network.Moderated, Extension: activity.ActorExtension{Process: activity.Process(processOf(), council.IRI, group.IRI, aboutWork())}}),
		"actor-node":         actor(activity.ActorInput{Actor: node}),
		"actor-catalogue":    actor(activity.ActorInput{Actor: shelf, Extension: activity.ActorExtension{Catalogue: &activity.CatalogueExtension{Entries: shelf.IRI + "/entries"}}}),
		"update-actor": func() ([]byte, error) {
			return activity.Update(envelope(group.IRI, public, group.Followers), activity.Actor(withKeys(activity.ActorInput{Actor: group})))
		},
	}
}

// followGoldens are of following.
func followGoldens() encoders {
	follow := activity.NewFollowReference(follower+"#follows/1", follower, group.IRI)
	return encoders{
		"follow": func() ([]byte, error) {
			return activity.Follow(envelope(shelf.IRI, []domain.IRI{"https://riga.example/catalogue"}), "https://riga.example/catalogue")
		},
		"accept-follow": func() ([]byte, error) { return activity.Accept(envelope(group.IRI, []domain.IRI{follower}), follow) },
		"reject-follow": func() ([]byte, error) { return activity.Reject(envelope(group.IRI, []domain.IRI{follower}), follow) },
		"undo-follow": func() ([]byte, error) {
			return activity.Undo(envelope(person.IRI, []domain.IRI{follower}), activity.NewFollowReference(base+"/activities/1", person.IRI, follower))
		},
	}
}

// catalogueGoldens are of the catalogue.
func catalogueGoldens(t testing.TB) encoders {
	ns := space(t)
	entry := func(status catalogue.Status) any {
		return object(t, shelf.IRI, activity.Entry(interlinker(status), shelf.IRI, shelf.Followers, ns, "en"))
	}
	return encoders{
		"create-interlinker": func() ([]byte, error) {
			return activity.Create(envelope(shelf.IRI, public, shelf.Followers), entry(catalogue.Published))
		},
		"update-withdrawn": func() ([]byte, error) {
			return activity.Update(envelope(shelf.IRI, public, shelf.Followers), entry(catalogue.Withdrawn))
		},
		"delete-interlinker": func() ([]byte, error) {
			return activity.Delete(envelope(shelf.IRI, public, shelf.Followers), base+"/interlinkers/interview-guide")
		},
		"deleted-entries": func() ([]byte, error) {
			return activity.Encode(activity.EntriesDeleted(shelf.IRI, []catalogue.Tombstone{{IRI: base + "/interlinkers/interview-guide", At: noon}}))
		},
		"announce-interlinker": func() ([]byte, error) {
			return activity.Announce(envelope(shelf.IRI, public, shelf.Followers), "https://riga.example/interlinkers/map-of-needs")
		},
		"undo-announce-interlinker": func() ([]byte, error) {
			return activity.Undo(envelope(shelf.IRI, public, shelf.Followers),
				activity.NewAnnounceReference(base+"/activities/1", shelf.IRI, "https://riga.example/interlinkers/map-of-needs"))
		},
		"collection-of-entries": func() ([]byte, error) { return activity.EntriesCollection(shelf.IRI, 2) },
		"digest-of-entries": func() ([]byte, error) {
			return activity.Encode(activity.EntriesDigest(shelf.IRI, catalogue.DigestOf(marks()), true))
		},
		"part-of-digest": func() ([]byte, error) {
			part := marks()[0].Part()
			return activity.Encode(activity.EntriesPart(shelf.IRI, part, catalogue.InPart(marks(), part)))
		},
		"trust-list": func() ([]byte, error) {
			return activity.Encode(object(t, shelf.IRI, activity.TrustList(trusting(), "en")))
		},
		"offer-interlinker": func() ([]byte, error) {
			return activity.Offer(envelope(work.IRI, []domain.IRI{"https://riga.example/catalogue"}), activity.Proposal(proposal()), "https://riga.example/catalogue")
		},
		"accept-interlinker": func() ([]byte, error) {
			return activity.AnswerProposal(envelope(shelf.IRI, []domain.IRI{"https://riga.example/processes/safe"}), offered, true, base+"/interlinkers/letter-to-parents", "")
		},
		"reject-interlinker": func() ([]byte, error) {
			return activity.AnswerProposal(envelope(shelf.IRI, []domain.IRI{"https://riga.example/processes/safe"}), offered, false, "", "There is one like it.")
		},
		"collection": func() ([]byte, error) { return activity.Collection(shelf.IRI+"/entries", shelf.IRI, 34, true) },
		"page-of-entries": func() ([]byte, error) {
			return activity.CollectionPage(shelf.IRI+"/entries", "before-7", domain.List[any]{Prev: "2", Total: 1, Items: []any{entry(catalogue.Published)}})
		},
	}
}

// storyGoldens are of stories.
func storyGoldens(t testing.TB) encoders {
	ns := space(t)
	headings := [4]string{"The challenge", "What we did", "What came of it", "Lessons"}
	article := func() any {
		return object(t, council.IRI, activity.Story(told(t), council.IRI, []domain.IRI{council.Followers, group.Followers}, ns, "en", headings))
	}
	return encoders{
		"create-story": func() ([]byte, error) {
			return activity.Create(envelope(council.IRI, public, council.Followers), article())
		},
		"announce-story": func() ([]byte, error) {
			return activity.Announce(envelope(group.IRI, public, group.Followers), told(t).IRI)
		},
		"delete-story": func() ([]byte, error) {
			return activity.Delete(envelope(council.IRI, public, council.Followers), told(t).IRI)
		},
		"offer-story": func() ([]byte, error) {
			return activity.Offer(envelope(council.IRI, []domain.IRI{riga}), article(), riga)
		},
		"accept-story": func() ([]byte, error) {
			return activity.AnswerCosign(envelope(council.IRI, []domain.IRI{riga}), "Accept", activity.CosignAnswer{Offer: cosigned, Proof: proofOf(t, council.IRI, activity.Story(told(t), riga, nil, ns, "en", headings))})
		},
		"reject-story": func() ([]byte, error) {
			return activity.AnswerCosign(envelope(council.IRI, []domain.IRI{riga}), "Reject", activity.CosignAnswer{Offer: cosigned, Reason: "We had no part in it.", Never: true})
		},
		"undo-offer-story": func() ([]byte, error) {
			return activity.UndoCosign(envelope(riga, []domain.IRI{council.IRI}), cosigned)
		},
		"undo-accept-story": func() ([]byte, error) {
			return activity.AnswerCosign(envelope(council.IRI, []domain.IRI{riga}), "Undo", activity.CosignAnswer{Offer: cosigned, Reason: "The figures are disputed."})
		},
		"object-story-cosigned": func() ([]byte, error) {
			doc := activity.Story(told(t), council.IRI, []domain.IRI{council.Followers}, ns, "en", headings)
			raw, err := activity.Encode(doc)
			if err != nil {
				return nil, err
			}
			return httpsig.WithProofs(raw, proofOf(t, council.IRI, doc), proofOf(t, riga, doc))
		},
		"object-snapshot": func() ([]byte, error) {
			s := told(t)
			around, err := activity.Snapshot(s, s.Snapshot.TakenAt, council.IRI)
			return proven(council.IRI, shown(around, s.Snapshot), err)
		},
		"tombstone": func() ([]byte, error) { return activity.Tombstone(told(t).IRI, "Article", noon) },
	}
}

// postGoldens are of what people and communities write.
func postGoldens(t testing.TB) encoders {
	ns := space(t)
	to, cc := note().Audience()
	return encoders{
		"create-note": func() ([]byte, error) { return activity.Create(envelope(group.IRI, to, cc...), activity.Note(note())) },
		"create-note-marked": func() ([]byte, error) {
			in := note()
			in.NS, in.Author, in.Mentions = ns, person, []*network.Actor{bo}
			in.Post.Source = "Thanks, @bo@social.example! #SafeStreets"
			in.Post.Content = `<p>Thanks, <a href="https://social.example/@bo" class="u-url mention" rel="nofollow noopener noreferrer">@bo</a>! <a href="https://zaragoza.example/tags/safestreets" class="mention hashtag" rel="nofollow noopener noreferrer">#SafeStreets</a></p>`
			to, cc := in.Audience()
			return activity.Create(envelope(person.IRI, to, cc...), activity.Note(in))
		},
		"create-note-elsewhere": func() ([]byte, error) { // begins a thread in a group of another server
			in, streets := note(), &network.Actor{IRI: "https://social.example/c/streets", Type: network.TypeGroup, Name: "streets", Host: "social.example", URL: "https://social.example/c/streets"}
			in.NS, in.Author, in.Community, in.Mentions = ns, person, streets, []*network.Actor{streets}
			to, cc := in.Audience()
			return activity.Create(envelope(person.IRI, to, cc...), activity.Note(in))
		},
		"like": func() ([]byte, error) {
			return activity.Like(envelope(person.IRI, []domain.IRI{follower}), "https://social.example/notes/1")
		},
		"reply-request": func() ([]byte, error) {
			in, bo := note(), &network.Actor{IRI: follower, Type: network.TypePerson, Name: "bo", Host: "social.example", URL: follower}
			in.NS, in.Author, in.Community, in.Mentions = ns, person, nil, []*network.Actor{bo}
			answer := *in.Post
			answer.InReplyTo, in.Post = "https://social.example/notes/1", &answer
			return activity.Request(envelope(person.IRI, []domain.IRI{follower}), activity.InteractionReply, answer.InReplyTo, activity.Note(in))
		},
		"like-request": func() ([]byte, error) {
			like := activity.Envelope{ID: base + "/activities/2", Actor: person.IRI, To: []domain.IRI{follower}}
			return activity.Request(envelope(person.IRI, []domain.IRI{follower}), activity.InteractionLike, "https://social.example/notes/1", activity.LikeAlong(like, "https://social.example/notes/1"))
		},
		"undo-like": func() ([]byte, error) {
			return activity.Undo(envelope(person.IRI, []domain.IRI{follower}), activity.NewLikeReference(base+"/activities/1", person.IRI, "https://social.example/notes/1"))
		},
		"undo-delete": func() ([]byte, error) {
			to, cc := activity.ToPublic(person.Followers)
			return activity.Undo(envelope(person.IRI, to, cc...), activity.NewDeleteReference(base+"/activities/1", person.IRI, base+"/posts/1"))
		},
		"add-featured": func() ([]byte, error) {
			return activity.Add(envelope(group.IRI, public, group.Followers), note().Post.IRI, activity.Featured(group.IRI))
		},
		"remove-featured": func() ([]byte, error) {
			return activity.Remove(envelope(group.IRI, public, group.Followers), note().Post.IRI, activity.Featured(group.IRI))
		},
		"featured": func() ([]byte, error) {
			return activity.Encode(activity.WholeCollection(activity.Featured(group.IRI), group.IRI, []any{activity.Note(note())}))
		},
		"announce-create": func() ([]byte, error) {
			in := note()
			in.Author, in.Post.InReplyTo, in.Post.Content, in.Post.Source = person, base+"/posts/1", "<p>Thank you!</p>", "Thank you!"
			to, cc := in.Audience()
			raw, err := activity.Create(envelope(person.IRI, to, cc...), activity.Note(in))
			if raw, err = proven(person.IRI, raw, err); err != nil {
				return nil, err
			}
			return activity.AnnounceActivity(envelope(group.IRI, public, group.Followers), raw)
		},
	}
}

// moderationGoldens are of those who moderate.
func moderationGoldens() encoders {
	return encoders{
		"create-letter": func() ([]byte, error) {
			e := envelope(group.IRI, []domain.IRI{follower})
			l := network.Letter{Language: "en", Tells: base + "/activities/01890a5d-ac96-774b-bcce-b302099a8060", Refuses: "https://riga.example/posts/1", Words: "Off topic"}
			return activity.Create(e, activity.Letter(e.ID+"#letter", group, bo, l, "<p>Who moderates Mobility removed what you wrote:</p><p>Off topic</p>", "zaragoza.example", noon))
		},
		"create-letter-rights": func() ([]byte, error) {
			e := envelope(group.IRI, []domain.IRI{follower})
			l := network.Letter{Language: "en", Rights: &network.Rights{Turn: "given", Names: []string{"view", "create"}, Title: "Safe ways to school"}}
			return activity.Create(e, activity.Letter(e.ID+"#letter", group, bo, l, "<p>ana@zaragoza.example gave you rights in “Safe ways to school”.</p>", "zaragoza.example", noon))
		},
		"flag": func() ([]byte, error) {
			return activity.Flag(envelope(node.IRI, []domain.IRI{follower}), []domain.IRI{follower, "https://social.example/notes/1"}, "Advertises what nobody asked for.")
		},
		"flag-one": func() ([]byte, error) {
			return activity.Flag(envelope(node.IRI, []domain.IRI{"https://threads.example/u/bo"}), []domain.IRI{"https://threads.example/post/1"}, "Advertises what nobody asked for.")
		},
		"moderators": func() ([]byte, error) {
			return activity.Encode(activity.WholeCollection(activity.Moderators(group.IRI), group.IRI, []any{person.IRI, follower}))
		},
		"add-moderator": func() ([]byte, error) {
			return activity.Add(inGroup(), follower, activity.Moderators(group.IRI))
		},
		"lock": func() ([]byte, error) { return activity.Lock(inGroup(), base+"/posts/1") },
		"undo-lock": func() ([]byte, error) {
			return activity.Undo(inGroup(), activity.NewLockReference(base+"/activities/1", person.IRI, base+"/posts/1"))
		},
		"block": func() ([]byte, error) {
			return activity.Block(inGroup(), follower, group.IRI, "Advertises what nobody asked for.", noon.Add(30*24*time.Hour))
		},
		"undo-block": func() ([]byte, error) {
			return activity.Undo(inGroup(), activity.NewBlockReference(base+"/activities/1", person.IRI, follower, group.IRI))
		},
	}
}

// featureGoldens are of lists that recommend.
func featureGoldens() encoders {
	return encoders{
		"featured-collection": func() ([]byte, error) { return activity.Encode(activity.FeaturedCollection(recommended())) },
		"featured-collections": func() ([]byte, error) {
			return activity.Encode(activity.WholeCollection(activity.FeaturedCollections(council.IRI), council.IRI, []any{activity.FeaturedCollection(recommended())}))
		},
		"feature-authorization": func() ([]byte, error) {
			return activity.Encode(activity.FeatureAuthorization(group.IRI, "https://social.example/lists/1"))
		},
		"accept-feature": func() ([]byte, error) {
			asked := network.QuotePayload{Request: "https://social.example/activities/9", Quote: "https://social.example/lists/1", Target: group.IRI}
			return activity.AcceptFeature(envelope(group.IRI, []domain.IRI{follower}), follower, asked)
		},
		"reject-feature": func() ([]byte, error) {
			asked := network.QuotePayload{Request: "https://social.example/activities/10", Quote: "https://social.example/lists/1", Target: person.IRI}
			return activity.RejectFeature(envelope(person.IRI, []domain.IRI{follower}), follower, asked)
		},
		"delete-feature": func() ([]byte, error) {
			ended := network.QuotePayload{Quote: "https://social.example/lists/1", Target: group.IRI}
			return activity.DeleteFeature(envelope(group.IRI, []domain.IRI{follower}), follower, ended)
		},
		"add-featured-collection": func() ([]byte, error) {
			return activity.AddFeatured(envelope(council.IRI, public, council.Followers), activity.FeaturedCollection(recommended()))
		},
		"update-featured-collection": func() ([]byte, error) {
			return activity.Update(envelope(council.IRI, public, council.Followers), activity.FeaturedCollection(recommended()))
		},
	}
}

// groupGoldens are of membership.
func groupGoldens() encoders {
	return encoders{
		"invite": func() ([]byte, error) {
			return activity.Invite(envelope(team.IRI, nil), follower, team.IRI)
		},
		"accept-invite": func() ([]byte, error) {
			return activity.Accept(envelope(person.IRI, []domain.IRI{"https://riga.example/teams/bridges"}),
				activity.NewInviteReference("https://riga.example/activities/7", "https://riga.example/teams/bridges", person.IRI))
		},
		"join": func() ([]byte, error) {
			return activity.Join(envelope(person.IRI, nil), "https://riga.example/teams/bridges")
		},
		"accept-join": func() ([]byte, error) {
			return activity.Accept(envelope(team.IRI, []domain.IRI{follower}), activity.NewJoinReference("https://social.example/activities/3", follower, team.IRI))
		},
		"add-member": func() ([]byte, error) {
			return activity.Add(envelope(team.IRI, []domain.IRI{follower}), follower, activity.Members(team.IRI))
		},
		"remove-member": func() ([]byte, error) {
			return activity.Remove(envelope(team.IRI, []domain.IRI{follower}), follower, activity.Members(team.IRI))
		},
		"leave": func() ([]byte, error) {
			return activity.Leave(envelope(person.IRI, nil), "https://riga.example/teams/bridges")
		},
		"delete-team": func() ([]byte, error) {
			return activity.Delete(envelope(team.IRI, public, team.Followers), team.IRI)
		},
	}
}

// workGoldens are of assignments and contributions.
func workGoldens() encoders {
	return encoders{
		"offer-assignment": func() ([]byte, error) {
			return activity.Offer(envelope(base+"/processes/safe_paths", []domain.IRI{follower}), activity.Assignment(assigned(), assigned().ProcessIRI), follower)
		},
		"undo-assignment": func() ([]byte, error) {
			return activity.Undo(envelope(base+"/processes/safe_paths", []domain.IRI{follower}), offerOf(assigned(), follower))
		},
		"accept-assignment": func() ([]byte, error) {
			return activity.AnswerOffer(envelope(follower, []domain.IRI{base + "/processes/safe_paths"}), offerOf(assigned(), follower), true, "")
		},
		"reject-assignment": func() ([]byte, error) {
			return activity.AnswerOffer(envelope(follower, []domain.IRI{base + "/processes/safe_paths"}), offerOf(assigned(), follower), false, "I am away in May.")
		},
		"update-assignment": func() ([]byte, error) {
			a := assigned()
			a.State = coproduction.AssignmentFinished
			return activity.Update(envelope(follower, []domain.IRI{base + "/processes/safe_paths"}), activity.AssignmentUpdate(a, a.ProcessIRI))
		},
		"offer-contribution": func() ([]byte, error) {
			return activity.Offer(envelope(follower, []domain.IRI{base + "/processes/safe_paths"}), activity.Contribution(done(), follower), base+"/processes/safe_paths")
		},
		"undo-contribution": func() ([]byte, error) {
			return activity.Undo(envelope(follower, []domain.IRI{base + "/processes/safe_paths"}), offerOfClaim(done(), follower))
		},
		"accept-contribution": func() ([]byte, error) {
			return activity.Award(envelope(base+"/processes/safe_paths", []domain.IRI{follower}), offerOfClaim(done(), follower), coproduction.High, 90)
		},
		"reject-contribution": func() ([]byte, error) {
			return activity.AnswerOffer(envelope(base+"/processes/safe_paths", []domain.IRI{follower}), offerOfClaim(done(), follower), false, "These were counted in March.")
		},
		"update-contribution": func() ([]byte, error) {
			return activity.Update(envelope(base+"/processes/safe_paths", []domain.IRI{follower}), activity.ContributionUpdate(done().Claim.IRI, follower))
		},
	}
}

// applicationGoldens are of role calls and applications.
func applicationGoldens() encoders {
	answer := func(state participation.State, reason string) func() ([]byte, error) {
		return func() ([]byte, error) {
			join := activity.NewJoinReference("https://social.example/activities/3", follower, calling().IRI)
			return activity.AnswerApplication(envelope(group.IRI, []domain.IRI{follower}), join, state, reason, nil)
		}
	}
	to, cc := note().Audience()
	return encoders{
		"create-role-call": func() ([]byte, error) {
			in := note()
			in.Call, in.Post.URL = calling(), calling().URL
			in.Post.Content = "<p>The team “Routes” looks for people:</p><p><strong>Three people who walk the routes</strong></p>"
			in.Post.Source = ""
			return activity.Create(envelope(group.IRI, to, cc...), activity.Note(in))
		},
		"apply": func() ([]byte, error) {
			return activity.ApplyTo(envelope(person.IRI, []domain.IRI{"https://riga.example/communities/parks"}), "https://riga.example/posts/7", "I know every corner.")
		},
		"undo-apply": func() ([]byte, error) {
			return activity.Undo(envelope(person.IRI, []domain.IRI{"https://riga.example/communities/parks"}), activity.NewJoinReference(base+"/activities/3", person.IRI, "https://riga.example/posts/7"))
		},
		"application-shortlisted": answer(participation.Shortlisted, ""),
		"application-accepted":    answer(participation.Accepted, "See you on Tuesday."),
		"join-process": func() ([]byte, error) {
			return activity.ApplyTo(envelope(person.IRI, []domain.IRI{"https://riga.example/processes/safe_paths"}), "https://riga.example/processes/safe_paths", "My children go to this school.")
		},
		"accept-join-process": func() ([]byte, error) {
			join := activity.NewJoinReference("https://social.example/activities/4", follower, work.IRI)
			return activity.AnswerApplication(envelope(work.IRI, []domain.IRI{follower}), join, participation.Accepted, "Welcome.", []string{"view", "create"})
		},
		"application-declined": answer(participation.Declined, "All seats are taken."),
	}
}

// lineageGoldens are of clones, releases and improvements.
func lineageGoldens(t testing.TB) encoders {
	return encoders{
		"create-release": func() ([]byte, error) {
			return activity.Create(envelope(work.IRI, []domain.IRI{riga}), object(t, work.IRI, activity.Release(released(), "en", domain.Text{"en": "Version 1.1 of Safe ways to school. Changes: 1."})))
		},
		"offer-improvement": func() ([]byte, error) {
			return activity.Offer(envelope(improved().Clone, []domain.IRI{work.IRI}), activity.Improvement(improved(), "lv"), work.IRI)
		},
		"accept-improvement": func() ([]byte, error) {
			return activity.AnswerImprovement(envelope(work.IRI, []domain.IRI{improved().Clone}), improved())
		},
		"undo-accept-improvement": func() ([]byte, error) {
			return activity.TakeBackImprovement(envelope(work.IRI, []domain.IRI{improved().Clone}), improved())
		},
		"reject-offer-declined": func() ([]byte, error) {
			m := improved()
			return activity.Decline(envelope(work.IRI, []domain.IRI{m.Clone}), activity.NewImprovementReference(m), "This process moved.")
		},
		"undo-improvement": func() ([]byte, error) {
			return activity.Undo(envelope(improved().Clone, []domain.IRI{work.IRI}), activity.NewImprovementReference(improved()))
		},
		"offer-clone": func() ([]byte, error) {
			return activity.Offer(envelope(council.IRI, []domain.IRI{"https://riga.example/processes/safe"}), activity.Clone(lineage.Offer{
				Clone: work.IRI, Title: processOf().Title, Source: "https://riga.example/processes/safe", Version: "4", Digest: strings.Repeat("ab", 32),
			}, "Droši ceļi"), "https://riga.example/processes/safe/clones")
		},
		"offer-clone-moved": func() ([]byte, error) {
			return activity.Offer(envelope(council.IRI, []domain.IRI{"https://riga.example/processes/safe"}), activity.Clone(lineage.Offer{
				Clone: work.IRI, Title: processOf().Title, Source: "https://riga.example/processes/safe", Digest: strings.Repeat("ab", 32),
				Formerly: "https://rome.example/processes/safe", Stamp: "https://rome.example/processes/safe/clones/7",
			}, "Droši ceļi"), "https://riga.example/processes/safe/clones")
		},
		"accept-clone": func() ([]byte, error) {
			return activity.AcceptClone(envelope(work.IRI, []domain.IRI{riga}), "https://riga.example/activities/9", stamped().IRI)
		},
		"object-stamp": func() ([]byte, error) {
			return activity.Encode(object(t, council.IRI, activity.Stamp(stamped())))
		},
		"delete-stamp": func() ([]byte, error) {
			return activity.Delete(envelope(work.IRI, []domain.IRI{riga}), stamped().IRI)
		},
		"add-clone": func() ([]byte, error) {
			return activity.Add(envelope(work.IRI, []domain.IRI{riga}), "https://riga.example/processes/safe_ways", work.IRI+"/clones")
		},
		"collection-of-tree": func() ([]byte, error) {
			return activity.TreeCollection(work.IRI, "7", strings.Repeat("ab", 32), 52)
		},
		"page-of-resources": func() ([]byte, error) {
			return activity.CollectionPage(work.IRI+"/resources", "first", domain.List[any]{Total: 1, Items: []any{activity.Resource(work.IRI, resource)}})
		},
		"page-of-tree": func() ([]byte, error) {
			return activity.CollectionPage(work.IRI+"/tree", "first", domain.List[any]{Next: "3", Total: 52, Items: []any{activity.Item(work.IRI, "en", item)}})
		},
	}
}
