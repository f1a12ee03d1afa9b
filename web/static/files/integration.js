// The page of a software Interlinker opens by itself in its frame, and what is
// made there becomes part of the task. Only its own window, at its own address,
// is listened to. Nothing needs it: a button opens the page, and the Interlinker
// can lead the window back.
"use strict";
(() => {
	const tool = document.querySelector("[data-tool]");
	if (!tool) return;
	const launch = tool.querySelector("[data-launch]");
	const made = tool.querySelector("[data-made]");
	const frame = tool.querySelector("iframe");
	let other = frame && frame.contentWindow;

	addEventListener("message", (event) => {
		if (event.origin !== tool.dataset.tool || !other || event.source !== other) return;
		const said = event.data;
		if (!made || !said || typeof said !== "object" || said.code !== "asset_created") return;
		const about = said.message && typeof said.message === "object" ? said.message : {};
		const id = about.id === undefined ? about._id : about.id;
		if (typeof id !== "string" && typeof id !== "number") return;
		made.elements.asset.value = String(id);
		made.submit();
	});

	if (frame) {
		launch.submit();
		launch.hidden = true;
		return;
	}
	launch.addEventListener("submit", () => { other = open("", launch.target); });
})();
