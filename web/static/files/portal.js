// What makes the pages pleasant; nothing needs it.
"use strict";
(() => {
	const root = document.documentElement;

	// Copy buttons: <span class="copy"><… data-copied-from> <button data-copy="text" data-done="Copied">
	document.querySelectorAll("button[data-copy]").forEach((button) => {
		if (!navigator.clipboard) return;
		button.hidden = false;
		const words = button.querySelector("[data-words]") || button;
		const before = words.textContent;
		button.addEventListener("click", async () => {
			try { await navigator.clipboard.writeText(button.dataset.copy); } catch { return; }
			words.textContent = button.dataset.done;
			setTimeout(() => { words.textContent = before; }, 2500);
		});
	});

	// The colour scheme, without loading the page again.
	document.querySelectorAll("form[data-theme-cookie]").forEach((form) => {
		form.addEventListener("submit", (event) => {
			const button = event.submitter;
			if (!button) return;
			event.preventDefault();
			const theme = button.value;
			if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
			const secure = location.protocol === "https:" ? "; secure" : "";
			document.cookie = form.dataset.themeCookie + "=" + theme + "; path=/; samesite=lax; max-age=" + (theme ? 31536000 : 0) + secure;
			form.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b === button)));
		});
	});

	// Work in progress: fetch the page again and show how far it is.
	const poll = async () => {
		const old = document.querySelector("[data-poll]");
		if (!old) return;
		try {
			const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
			if (answer.redirected) { location.href = answer.url; return; }
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const now = page.querySelector("[data-work]");
			if (now) old.closest("[data-work]").replaceWith(document.importNode(now, true));
		} catch { /* the server is away for a moment: ask again */ }
		setTimeout(poll, 2000);
	};
	setTimeout(poll, 2000);

	// In rows that scroll sideways, show where we are.
	document.querySelectorAll(".nav ul, .tabs ul").forEach((row) => {
		const here = row.querySelector("[aria-current]");
		if (here && row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.clientWidth / 3;
	});

	// A chart over time begins near today.
	document.querySelectorAll("[data-today]").forEach((chart) => { chart.scrollLeft = Number(chart.dataset.today) - chart.clientWidth / 3; });

	// What is wrong with a form is read out, and is where the keyboard is.
	document.querySelector(".summary-errors")?.focus();

	// What came of a form is read out too. The keyboard is there, unless the page
	// leads on to a part of it; then it is told without going there.
	const came = document.querySelector(".inner > .notice.success");
	if (came && !document.querySelector(".summary-errors, [autofocus]")) {
		came.tabIndex = -1;
		if (location.hash) setTimeout(() => { came.append(came.querySelector("p")); }, 400);
		else came.focus();
	}

	// A menu closes as menus do.
	const menu = () => document.querySelector("details.menu[open]");
	document.addEventListener("click", (event) => { const open = menu(); if (open && !open.contains(event.target)) open.open = false; });
	document.addEventListener("keydown", (event) => {
		const open = event.key === "Escape" && menu();
		if (!open) return;
		open.open = false;
		open.querySelector("summary").focus();
	});

	// One click sends a form once.
	document.querySelectorAll("form[method=post]:not([data-theme-cookie])").forEach((form) => {
		form.addEventListener("submit", (event) => {
			if (form.dataset.sent) { event.preventDefault(); return; }
			form.dataset.sent = "1";
			setTimeout(() => { delete form.dataset.sent; }, 4000);
		});
	});

	// Prune: a branch without its box takes what is below it along.
	document.querySelectorAll("[data-prune] input[type=checkbox]").forEach((box) => {
		box.addEventListener("change", () => {
			box.closest("li").querySelectorAll("input[type=checkbox]").forEach((below) => { below.checked = box.checked; });
			if (!box.checked) return;
			for (let li = box.closest("li").parentElement.closest("li"); li; li = li.parentElement.closest("li")) {
				const above = li.querySelector("input[type=checkbox]");
				if (above) above.checked = true;
			}
		});
	});

	// Arrange: drag a row by its grip, with finger, pen or mouse. Where it is
	// dropped it is sent to, as its arrows would.
	document.querySelectorAll("[data-arrange]").forEach((list) => {
		const first = Number(list.firstElementChild?.dataset.place || 0);
		list.querySelectorAll("[data-grip]").forEach((grip) => {
			const row = grip.closest("li");
			const form = row.querySelector("form.steps");
			if (list.children.length < 2) return;
			grip.hidden = false;
			grip.addEventListener("pointerdown", (down) => {
				if (down.button) return;
				down.preventDefault();
				row.classList.add("dragged");
				const stood = [...list.children].indexOf(row);
				const move = (event) => {
					for (const other of list.children) {
						const box = other.getBoundingClientRect();
						if (other === row || event.clientY < box.top || event.clientY > box.bottom) continue;
						const after = [...list.children].indexOf(other) > [...list.children].indexOf(row);
						if (after ? event.clientY > box.top + box.height / 2 : event.clientY < box.top + box.height / 2) {
							if (after) other.after(row); else other.before(row);
						}
						break;
					}
				};
				const end = (event) => {
					document.removeEventListener("pointermove", move);
					document.removeEventListener("pointerup", end);
					document.removeEventListener("pointercancel", end);
					row.classList.remove("dragged");
					const at = [...list.children].indexOf(row);
					if (event.type === "pointercancel" || at === stood) { list.insertBefore(row, list.children[stood + (at < stood ? 1 : 0)] || null); return; }
					const place = document.createElement("input");
					place.type = "hidden";
					place.name = "place";
					place.value = String(first + at);
					form.append(place);
					form.requestSubmit ? form.requestSubmit() : form.submit();
				};
				// Not at the grip: a row that is put elsewhere loses the pointer.
				document.addEventListener("pointermove", move);
				document.addEventListener("pointerup", end);
				document.addEventListener("pointercancel", end);
			});
		});
	});

	// How many of folded choices are chosen, as of now.
	document.querySelectorAll("summary[data-chosen]").forEach((summary) => {
		const count = () => {
			const boxes = [...summary.parentElement.querySelectorAll(".choices input")];
			const of = Math.max(Number(summary.dataset.of), boxes.length);
			summary.textContent = summary.dataset.chosen.replace("{0}", boxes.filter((b) => b.checked).length).replace("{1}", of);
		};
		summary.parentElement.addEventListener("change", count);
		count();
	});
})();
