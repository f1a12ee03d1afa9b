// The bell keeps up with what happens, while somebody looks; nothing needs it.
"use strict";
(() => {
	const bell = document.querySelector("[data-bell]");
	const list = document.querySelector("[data-live]");
	if (!bell && !list) return;
	const count = bell?.querySelector("[data-bell-count]");
	const label = bell?.querySelector("[data-bell-label]");
	const title = document.title;

	// What is new is read out when nothing else is.
	const live = document.createElement("p");
	live.className = "sr";
	live.setAttribute("aria-live", "polite");
	live.setAttribute("role", "status");
	document.body.append(live);

	const show = (news) => {
		count.textContent = news.unread;
		count.hidden = !news.unread;
		label.textContent = news.label;
		document.title = (news.unread ? "(" + news.unread + ") " : "") + title;
		if (news.text) live.textContent = news.text;
	};

	// What is new in the list on the page is offered, politely: nothing moves
	// until the reader asks for it.
	let address = bell ? bell.dataset.stream : "/live";
	if (list) address += "?" + new URLSearchParams({ watch: list.dataset.live, since: list.dataset.since });
	const fresh = (text) => {
		const link = document.createElement("a");
		link.className = "button";
		link.href = location.pathname + location.search;
		link.textContent = text;
		list.replaceChildren(link);
	};

	// One connection for a window that is looked at; the browser opens it again
	// where it ended, and says which it saw last.
	let stream = null;
	let again = 0;
	const listen = () => {
		clearTimeout(again);
		if (document.hidden || stream || !window.EventSource) return;
		stream = new EventSource(address);
		stream.addEventListener("posts", (event) => {
			try { fresh(JSON.parse(event.data).text); } catch { /* of another version */ }
		});
		stream.addEventListener("notification", (event) => {
			try { show(JSON.parse(event.data)); } catch { /* of another version */ }
		});
		stream.addEventListener("error", () => {
			if (stream.readyState !== EventSource.CLOSED) return;
			stop(); // refused: there are too many
			again = setTimeout(listen, 60000);
		});
	};
	const stop = () => {
		clearTimeout(again);
		if (stream) stream.close();
		stream = null;
	};
	document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); else listen(); });
	addEventListener("pagehide", stop);
	addEventListener("pageshow", listen);
	listen();

	// What is opened is read.
	document.querySelectorAll("[data-read]").forEach((link) => {
		const read = () => {
			const form = new FormData();
			link.closest("li").querySelectorAll("input[name=serial]").forEach((mark) => form.append("serial", mark.value));
			form.append("quiet", "yes");
			navigator.sendBeacon("/notifications/read", new URLSearchParams(form));
		};
		link.addEventListener("click", read);
		link.addEventListener("auxclick", read);
	});
})();
