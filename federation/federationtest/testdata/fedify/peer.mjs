// A server with one person, Ana, built on Fedify. It tells its address on the
// first line of its output, then answers POST /test/{command} with a JSON
// object of arguments, and ends when its input does. It works without queues:
// what was sent to it has taken effect when it answers.
//
// FIRST_KNOCK is the kind of signature it tries first; TLS_CERT and TLS_KEY
// are PEM files: with them it speaks https as localhost.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node}` }; // Node 20 has none

const { isDeepStrictEqual } = await import("node:util");
const { readFileSync } = await import("node:fs");
const http = await import("node:http");
const https = await import("node:https");
const { MemoryKvStore, createFederation, detachSignature, generateCryptoKeyPair, parseNodeInfo, signObject, verifyObject } = await import("@fedify/fedify");
const as = await import("@fedify/vocab");
const { Temporal } = await import("@js-temporal/polyfill");
const { default: jsonld } = await import("jsonld");
const { default: jsigs } = await import("jsonld-signatures");
const { DataIntegrityProof } = await import("@digitalbazaar/data-integrity");
const { createVerifyCryptosuite } = await import("@digitalbazaar/eddsa-jcs-2022-cryptosuite");

const { FIRST_KNOCK, TLS_CERT, TLS_KEY } = process.env;
const server = TLS_CERT
  ? https.createServer({ cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) }, (q, a) => serve(q, a))
  : http.createServer((q, a) => serve(q, a));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = (TLS_CERT ? "https://localhost:" : "http://127.0.0.1:") + server.address().port;

// --- what Ana has ---------------------------------------------------------

const followers = new Map(); // actors by their id
const notes = new Map(); // by the last part of their id; null once deleted
const said = new Map(); // activities by their id
const reads = []; // paths of notes that somebody asked for
const arrivals = []; // { status, scheme, activity, understood }
const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }; // Fedify makes 4096 bits: seconds
const keyPairs = [await crypto.subtle.generateKey(rsa, true, ["sign", "verify"]), await generateCryptoKeyPair("Ed25519")];

const federation = createFederation({ kv: new MemoryKvStore(), origin, allowPrivateAddress: true, firstKnock: FIRST_KNOCK });
const ctx = federation.createContext(new URL(origin), undefined);
const ana = ctx.getActorUri.bind(ctx, "ana");

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== "ana") return null;
    const keys = await ctx.getActorKeyPairs(identifier);
    return new as.Person({
      id: ana(), preferredUsername: identifier, name: "Ana", url: ana(), manuallyApprovesFollowers: false,
      inbox: ctx.getInboxUri(identifier), followers: ctx.getFollowersUri(identifier),
      endpoints: new as.Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: keys[0].cryptographicKey, assertionMethods: keys.map((k) => k.multikey),
    });
  })
  .setKeyPairsDispatcher(() => keyPairs);

federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [...followers.values()] }));
federation.setObjectDispatcher(as.Note, "/notes/{id}", (_ctx, { id }) => notes.get(id) ?? null);
federation.setObjectDispatcher(as.Follow, "/follows/{id}", (_ctx, { id }) => said.get(`${origin}/follows/${id}`) ?? null);
federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
  software: { name: "fedify-peer", version: "1.0.0" }, protocols: ["activitypub"],
  usage: { users: {}, localPosts: notes.size, localComments: 0 },
}));

federation.setInboxListeners("/users/{identifier}/inbox", "/inbox").on(as.Activity, async (ctx, activity) => {
  const object = await activity.getObject(ctx);
  understood.set(activity.id.href, {
    type: activity.constructor.name, actor: activity.actorId?.href, object: activity.objectId?.href,
    objectType: object?.constructor.name, name: object?.name?.toString(), content: object?.content?.toString(),
  });
  if (activity instanceof as.Follow && activity.objectId.href === ana().href) {
    const follower = await activity.getActor(ctx);
    followers.set(follower.id.href, follower);
    await ctx.sendActivity({ identifier: "ana" }, follower, new as.Accept({ id: fresh("accepts"), actor: ana(), object: activity }));
  }
}).onError((_ctx, error) => console.error(error));
const understood = new Map(); // what Fedify made of an activity, by its id

// --- what Ana does --------------------------------------------------------

let last = 0;
const fresh = (kind) => new URL(`/${kind}/${++last}`, origin);
const link = (address) => new URL(address);

function note({ content, inReplyTo, to }) {
  const id = String(++last);
  return new as.Note({
    id: ctx.getObjectUri(as.Note, { id }), attribution: ana(), content: `<p>${content}</p>`, published: Temporal.Now.instant(),
    replyTarget: inReplyTo && link(inReplyTo), to: as.PUBLIC_COLLECTION, ccs: to ? [link(to)] : [ctx.getFollowersUri("ana")],
  });
}

const keep = (object, value = object) => notes.set(object.id.pathname.split("/").pop(), value);
const about = (object) => ({ actor: ana(), object, tos: object.toIds, ccs: object.ccIds });

const verbs = {
  follow: ({ object }) => new as.Follow({ id: fresh("follows"), actor: ana(), object: link(object), to: link(object) }),
  like: ({ object, to }) => new as.Like({ id: fresh("likes"), actor: ana(), object: link(object), to: link(to) }),
  undo: ({ activity, to }) => new as.Undo({ id: fresh("undos"), actor: ana(), object: said.get(activity), to: link(to) }),
  post(input) {
    const object = note(input);
    keep(object);
    return new as.Create({ id: fresh("creates"), ...about(object) });
  },
  edit({ object, content }) {
    const changed = notes.get(object.split("/").pop()).clone({ content: `<p>${content}</p>`, updated: Temporal.Now.instant() });
    keep(changed);
    return new as.Update({ id: fresh("updates"), ...about(changed) });
  },
  delete({ object }) {
    const { id, toIds, ccIds } = notes.get(object.split("/").pop());
    keep({ id }, null);
    return new as.Delete({ id: fresh("deletes"), actor: ana(), object: new as.Tombstone({ id }), tos: toIds, ccs: ccIds });
  },
};

// send does a verb and sends it to an actor, or to all followers. It returns
// the ids, and the status by which a server refused.
async function send(verb, input) {
  const activity = verbs[verb](input);
  said.set(activity.id.href, activity);
  const ids = { id: activity.id.href, object: activity.objectId?.href };
  const recipients = input.to ? [await ctx.lookupObject(input.to, await signed())] : [...followers.values()];
  try {
    await ctx.sendActivity({ identifier: "ana" }, recipients, activity);
    return { ...ids, status: 202 };
  } catch (error) {
    if (error.statusCode === undefined) throw error;
    return { ...ids, status: error.statusCode };
  }
}

// signed makes Fedify sign the requests by which it reads documents.
const signed = async () => ({ documentLoader: await ctx.getDocumentLoader({ identifier: "ana" }), contextLoader: ctx.contextLoader });

const commands = {
  ...Object.fromEntries(Object.keys(verbs).map((verb) => [verb, (input) => send(verb, input)])),

  // lookup reads an object by address or handle, in requests that Ana signs.
  async lookup({ query }) {
    const object = await ctx.lookupObject(query, await signed());
    if (object === null) return null;
    const keys = [];
    for await (const key of object.getAssertionMethods?.(await signed()) ?? []) keys.push(key.id.href);
    return {
      id: object.id.href, type: object.constructor.name, name: object.name?.toString(), username: object.preferredUsername?.toString(),
      inbox: object.inboxId?.href, sharedInbox: object.endpoints?.sharedInbox?.href, keys,
    };
  },
  webfinger: ({ resource }) => ctx.lookupWebFinger(resource),
  // Fedify fetches NodeInfo from public addresses alone, but reads any.
  nodeinfo: async ({ address }) => parseNodeInfo(await (await fetch(address)).json()),

  // prove sends a reply with a proof in it and no signature around it, and
  // returns the status; other words than were proven if it is tampered with.
  async prove({ inbox, tampered, ...input }) {
    const create = verbs.post(input);
    const keys = await ctx.getActorKeyPairs("ana");
    const key = keys.find((k) => k.privateKey.algorithm.name === "Ed25519");
    const proven = await signObject(create, key.privateKey, key.multikey.id, { contextLoader: ctx.contextLoader });
    const compact = await proven.toJsonLd({ format: "compact", contextLoader: ctx.contextLoader });
    let body = JSON.stringify(compact).replaceAll('"as:Public"', `"${as.PUBLIC_COLLECTION.href}"`); // as it is proven, and as Fedify sends it
    if (tampered) body = body.replace(input.content, "Other words");
    const answer = await fetch(inbox, { method: "POST", headers: { "Content-Type": "application/activity+json" }, body });
    return { object: create.objectId.href, status: answer.status };
  },

  received: () => arrivals,
  reads: () => reads,

  // proven tells by whose implementation a document's proof holds. Fedify adds
  // Linked Data signatures after its proofs, which do not cover them.
  async proven({ document }) {
    const options = { documentLoader: ctx.documentLoader, contextLoader: ctx.contextLoader };
    const bare = detachSignature(document);
    return { fedify: (await verifyObject(as.Object, bare, options)) !== null, w3c: await holds(bare) };
  },

  // expand reads a document as JSON-LD and refuses what its context does not
  // define.
  expand: ({ document }) => jsonld.expand(document, { documentLoader: ctx.contextLoader, safe: true }),
};

// holds checks a proof by the cryptosuite of those who edit its standard.
async function holds(document) {
  const method = document.proof.verificationMethod;
  const actor = await (await fetch(method.split("#")[0], { headers: { Accept: "application/activity+json" } })).json();
  const documents = {
    [method]: { "@context": "https://w3id.org/security/multikey/v1", ...[actor.assertionMethod].flat().find((key) => key.id === method) },
    [actor.id]: { "@context": "https://w3id.org/security/v2", id: actor.id, assertionMethod: [method] },
  };
  // It compares terms that are defined inline by identity.
  const same = isDeepStrictEqual(document.proof["@context"], document["@context"]);
  if (same) document.proof["@context"] = document["@context"];
  const result = await jsigs.verify(document, {
    suite: new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() }),
    purpose: new jsigs.purposes.AssertionProofPurpose(),
    documentLoader: async (url) => ({ documentUrl: url, document: documents[url] }),
  });
  if (!result.verified) console.error(result.error);
  return result.verified;
}

// --- HTTP -----------------------------------------------------------------

async function serve(incoming, outgoing) {
  try {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const answer = await route(incoming, body);
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  } catch (error) {
    console.error(error);
    outgoing.writeHead(500).end(String(error.stack));
  }
}

async function route({ method, url, headers }, body) {
  const [, area, name] = url.split("/");
  if (area === "test") return Response.json((await commands[name](JSON.parse(body))) ?? null);
  if (area === "notes") reads.push(url);
  if (area === "notes" && notes.get(name) === null) {
    return Response.json({ "@context": "https://www.w3.org/ns/activitystreams", id: origin + url, type: "Tombstone" }, { status: 410 });
  }
  const request = new Request(new URL(url, origin), { method, headers, body: method === "POST" ? body : undefined });
  const answer = await federation.fetch(request, { contextData: undefined });
  if (method === "POST") {
    const activity = JSON.parse(body);
    const scheme = headers["signature-input"] ? "rfc9421" : headers.signature ? "cavage" : "";
    arrivals.push({ status: answer.status, scheme, activity, understood: understood.get(activity.id) });
  }
  return answer;
}

process.stdin.resume().on("end", () => process.exit());
console.log(origin);
