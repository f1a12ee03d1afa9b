// Shows the picture that was chosen, to point at what must stay in sight; the
// two numbers say the same without it.
"use strict";
(() => {
	document.querySelectorAll("[data-focus]").forEach((box) => {
		const file = box.closest("form").elements[box.dataset.focus];
		const [left, top] = box.querySelectorAll("input");
		const button = document.createElement("button");
		const picture = document.createElement("img");
		const mark = document.createElement("span");
		button.type = "button";
		button.className = "focus";
		button.setAttribute("aria-label", box.dataset.focusLabel);
		picture.alt = "";
		button.append(picture, mark);

		const at = (input) => Math.min(100, Math.max(0, input.value === "" ? 50 : Math.round(Number(input.value)) || 0));
		const show = () => { mark.style.left = at(left) + "%"; mark.style.top = at(top) + "%"; };
		const set = (x, y) => {
			left.value = Math.min(100, Math.max(0, Math.round(x)));
			top.value = Math.min(100, Math.max(0, Math.round(y)));
			show();
		};
		button.addEventListener("click", (event) => {
			if (event.detail === 0) return; // by the keyboard: it points nowhere
			const r = picture.getBoundingClientRect();
			set((event.clientX - r.left) / r.width * 100, (event.clientY - r.top) / r.height * 100);
		});
		const steps = { ArrowLeft: [-5, 0], ArrowRight: [5, 0], ArrowUp: [0, -5], ArrowDown: [0, 5] };
		button.addEventListener("keydown", (event) => {
			const step = steps[event.key];
			if (!step) return;
			event.preventDefault();
			set(at(left) + step[0], at(top) + step[1]);
		});
		[left, top].forEach((input) => input.addEventListener("input", show));
		file.addEventListener("change", () => {
			button.remove();
			const chosen = file.files[0];
			if (!chosen) return;
			const reader = new FileReader();
			reader.addEventListener("load", () => { picture.src = reader.result; box.append(button); show(); });
			reader.readAsDataURL(chosen);
		});
	});
})();
