// Completes @people and #tags while somebody writes; nothing needs it.
"use strict";
(() => {
	// What is being written at the cursor: "@ana", "#str".
	const wordAt = (area) => {
		if (area.selectionStart !== area.selectionEnd) return null;
		const before = area.value.slice(0, area.selectionStart);
		const found = /(?:^|[\s(])([@#][\p{L}\p{N}_.-]{1,60})$/u.exec(before);
		return found && { text: found[1], from: before.length - found[1].length, to: before.length };
	};

	document.querySelectorAll("form[data-complete] textarea[name=content]").forEach((area, n) => {
		const form = area.form;
		const list = document.createElement("ul");
		list.id = "suggestions-" + n;
		list.className = "suggestions";
		list.hidden = true;
		list.setAttribute("role", "listbox");
		list.setAttribute("aria-label", form.dataset.completeLabel);
		const said = document.createElement("p");
		said.className = "sr";
		said.setAttribute("role", "status");
		area.after(list, said);
		area.setAttribute("aria-autocomplete", "list");
		area.setAttribute("autocomplete", "off");

		let at = -1;
		let word = null;
		let timer = 0;
		let asking = null;

		const close = () => {
			list.hidden = true;
			list.replaceChildren();
			at = -1;
			area.removeAttribute("aria-activedescendant");
			area.removeAttribute("aria-controls");
		};
		const mark = (to) => {
			const options = list.children;
			if (at >= 0) options[at].setAttribute("aria-selected", "false");
			at = (to + options.length) % options.length;
			options[at].setAttribute("aria-selected", "true");
			options[at].scrollIntoView({ block: "nearest" });
			area.setAttribute("aria-activedescendant", options[at].id);
		};
		const take = (option) => {
			area.setRangeText(option.dataset.value + " ", word.from, word.to, "end");
			close();
			said.textContent = "";
			area.focus();
		};
		const show = (news) => {
			close();
			news.items.forEach((item, i) => {
				const option = document.createElement("li");
				option.id = list.id + "-" + i;
				option.setAttribute("role", "option");
				option.setAttribute("aria-selected", "false");
				option.dataset.value = item.value;
				const name = document.createElement("strong");
				name.textContent = item.name;
				option.append(name, " ", item.about);
				// Not on click: the area would lose the cursor first.
				option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(option); });
				list.append(option);
			});
			said.textContent = news.text;
			if (!news.items.length) return;
			list.hidden = false;
			area.setAttribute("aria-controls", list.id);
		};
		const ask = async () => {
			if (asking) asking.abort();
			word = wordAt(area);
			if (!word) { close(); said.textContent = ""; return; }
			asking = new AbortController();
			try {
				const answer = await fetch(form.dataset.complete + "?" + new URLSearchParams({ q: word.text, thread: (/\/posts\/([^/]+)\/replies$/.exec(form.action) || ["", ""])[1] }), { headers: { Accept: "application/json" }, signal: asking.signal });
				if (answer.ok) show(await answer.json());
			} catch { /* something else was written meanwhile, or the server is away */ }
		};

		area.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 200); });
		area.addEventListener("blur", () => { clearTimeout(timer); close(); });
		area.addEventListener("keydown", (event) => {
			if (list.hidden) return;
			switch (event.key) {
			case "ArrowDown": mark(at + 1); break;
			case "ArrowUp": mark(at < 0 ? -1 : at - 1); break;
			case "Escape": close(); break;
			case "Enter":
			case "Tab":
				if (at < 0) { close(); return; }
				take(list.children[at]);
				break;
			default: return;
			}
			event.preventDefault();
		});
	});
})();
