// Completes @people and #tags while somebody writes, and what is looked for among
// many choices; nothing needs it.
"use strict";
(() => {
	// What is being written at the cursor: "@ana", "#str".
	const wordAt = (area) => {
		if (area.selectionStart !== area.selectionEnd) return null;
		const before = area.value.slice(0, area.selectionStart);
		const found = /(?:^|[\s(])([@#][\p{L}\p{N}_.-]{1,60})$/u.exec(before);
		return found && { text: found[1], from: before.length - found[1].length, to: before.length };
	};

	let lists = 0;

	// Offers endings of what is written in a field in a list after another
	// element. wordOf tells what is written, or null; addressOf where to ask for
	// its endings; take does with the one that is picked what is to be done.
	const complete = (field, after, label, { wordOf, addressOf, take }) => {
		const list = document.createElement("ul");
		list.id = "suggestions-" + lists++;
		list.className = "suggestions";
		list.hidden = true;
		list.setAttribute("role", "listbox");
		list.setAttribute("aria-label", label);
		const said = document.createElement("p");
		said.className = "sr";
		said.setAttribute("role", "status");
		after.after(list, said);
		field.setAttribute("aria-autocomplete", "list");
		field.setAttribute("autocomplete", "off");
		const combobox = field.getAttribute("role") === "combobox";

		let at = -1;
		let word = null;
		let timer = 0;
		let asking = null;

		const opened = (is) => {
			list.hidden = !is;
			if (is || combobox) field.setAttribute("aria-controls", list.id);
			else field.removeAttribute("aria-controls");
			if (combobox) field.setAttribute("aria-expanded", String(is));
		};
		const close = () => {
			opened(false);
			list.replaceChildren();
			at = -1;
			field.removeAttribute("aria-activedescendant");
		};
		const mark = (to) => {
			const options = list.children;
			if (at >= 0) options[at].setAttribute("aria-selected", "false");
			at = (to + options.length) % options.length;
			options[at].setAttribute("aria-selected", "true");
			options[at].scrollIntoView({ block: "nearest" });
			field.setAttribute("aria-activedescendant", options[at].id);
		};
		// Nothing that was asked for opens the list again.
		const leave = () => {
			clearTimeout(timer);
			if (asking) asking.abort();
			close();
		};
		const pick = (option) => {
			leave();
			said.textContent = "";
			take(option.dataset, word);
			field.focus();
		};
		const show = (news) => {
			close();
			news.items.forEach((item, i) => {
				const option = document.createElement("li");
				option.id = list.id + "-" + i;
				option.setAttribute("role", "option");
				option.setAttribute("aria-selected", "false");
				option.dataset.value = item.value;
				option.dataset.name = item.name;
				const name = document.createElement("strong");
				name.textContent = item.name;
				option.append(name, " ", item.about);
				// Not on click: the field would lose the cursor first.
				option.addEventListener("pointerdown", (event) => { event.preventDefault(); pick(option); });
				list.append(option);
			});
			said.textContent = news.text;
			if (news.items.length) opened(true);
		};
		const ask = async () => {
			if (asking) asking.abort();
			word = wordOf();
			if (!word) { close(); said.textContent = ""; return; }
			asking = new AbortController();
			try {
				const answer = await fetch(addressOf(word), { headers: { Accept: "application/json" }, signal: asking.signal });
				if (answer.ok) show(await answer.json());
			} catch { /* something else was written meanwhile, or the server is away */ }
		};

		close();
		field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 200); });
		field.addEventListener("blur", leave);
		field.addEventListener("keydown", (event) => {
			if (list.hidden) {
				if (event.key === "Escape") leave();
				return;
			}
			switch (event.key) {
			case "ArrowDown": mark(at + 1); break;
			case "ArrowUp": mark(at < 0 ? -1 : at - 1); break;
			case "Escape": leave(); break;
			case "Enter":
			case "Tab":
				if (at < 0) { leave(); return; }
				pick(list.children[at]);
				break;
			default: return;
			}
			event.preventDefault();
		});
	};

	document.querySelectorAll("form[data-complete] textarea[name=content]").forEach((area) => {
		const form = area.form;
		complete(area, area, form.dataset.completeLabel, {
			wordOf: () => wordAt(area),
			addressOf: (word) => form.dataset.complete + "?" + new URLSearchParams({ q: word.text, thread: (/\/posts\/([^/]+)\/replies$/.exec(form.action) || ["", ""])[1] }),
			take: (item, word) => area.setRangeText(item.value + " ", word.from, word.to, "end"),
		});
	});

	// What is picked among many choices becomes one of those that are chosen.
	document.querySelectorAll("[data-find]").forEach((finder) => {
		const line = finder.querySelector("input");
		const choices = finder.parentElement.querySelector(".choices");
		const name = choices.dataset.name;
		line.setAttribute("role", "combobox");
		complete(line, finder.querySelector(".with-button"), finder.dataset.findLabel, {
			wordOf: () => line.value.trim() && { text: line.value },
			addressOf: (word) => finder.dataset.find + "&" + new URLSearchParams({ q: word.text }),
			take: (item) => {
				let box = [...choices.querySelectorAll("input")].find((b) => b.value.toUpperCase() === item.value.toUpperCase());
				if (!box) {
					const row = document.createElement("div");
					row.className = "choice";
					box = Object.assign(document.createElement("input"), { type: "checkbox", id: "f-" + name + "-found-" + choices.children.length, name, value: item.value });
					const label = Object.assign(document.createElement("label"), { htmlFor: box.id, textContent: item.name });
					row.append(box, label);
					choices.append(row);
				}
				box.checked = true;
				line.value = "";
				box.dispatchEvent(new Event("change", { bubbles: true }));
			},
		});
	});
})();
