// Completes what is looked for among many choices, and takes what is picked as
// one of them; nothing needs it.
"use strict";
document.querySelectorAll("[data-find]").forEach((finder) => {
	const line = finder.querySelector("input");
	const choices = finder.parentElement.querySelector(".choices");
	const list = document.createElement("datalist");
	list.id = line.id + "-list";
	finder.append(list);
	line.setAttribute("list", list.id);
	let timer = 0;
	let asking = null;

	const take = (option) => {
		const name = choices.dataset.name;
		let box = [...choices.querySelectorAll("input")].find((b) => b.value.toUpperCase() === option.value.toUpperCase());
		if (!box) {
			const row = document.createElement("div");
			row.className = "choice";
			box = Object.assign(document.createElement("input"), { type: "checkbox", id: "f-" + name + "-found-" + choices.children.length, name, value: option.value });
			const label = Object.assign(document.createElement("label"), { htmlFor: box.id, textContent: option.label });
			row.append(box, label);
			choices.append(row);
		}
		box.checked = true;
		line.value = "";
		list.replaceChildren();
		box.focus();
	};
	line.addEventListener("input", () => {
		const picked = [...list.children].find((o) => o.value === line.value);
		if (picked) { take(picked); return; }
		clearTimeout(timer);
		timer = setTimeout(async () => {
			asking?.abort();
			asking = new AbortController();
			try {
				const answer = await fetch(finder.dataset.find + "&q=" + encodeURIComponent(line.value), { signal: asking.signal });
				const news = await answer.json();
				list.replaceChildren(...news.items.map((item) => Object.assign(document.createElement("option"), { value: item.value, label: item.name })));
			} catch { /* the button looks, too */ }
		}, 150);
	});
});
