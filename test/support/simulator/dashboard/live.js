// Keeps the page fresh without losing what is typed: only the parts marked data-live are replaced.
async function refresh() {
	const response = await fetch('/');
	const fresh = parsed(await response.text());
	for (const part of document.querySelectorAll('[data-live]')) {
		const next = fresh.getElementById(part.id)?.innerHTML;
		if (next === undefined || next === part.dataset.last) continue;
		// Somebody may be choosing from the list at this moment.
		if (part.tagName === 'SELECT' && document.activeElement === part) continue;
		part.dataset.last = next;
		replace(part, next);
	}
}

/** Keeps what is chosen, and where the keyboard is: what can have the focus has an id. */
function replace(part, markup) {
	const focused = part.contains(document.activeElement) && document.activeElement.id;
	const chosen = part.value;
	part.innerHTML = markup;
	if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
	if (part.querySelector(`option[value="${chosen}"]`)) part.value = chosen;
}

const parsed = (text) => new DOMParser().parseFromString(text, 'text/html');

const outcomeIn = (page) => page.querySelector('#outcome span');
let forgetting;

/** What went well is no news after a while; what did not stays until the next try. */
function say({ textContent, className }) {
	const outcome = Object.assign(outcomeIn(document), { textContent, className });
	clearTimeout(forgetting);
	if (className === 'good') forgetting = setTimeout(() => (outcome.textContent = ''), 10_000);
}

document.addEventListener('submit', async (event) => {
	event.preventDefault();
	// Not form.action: that is the button of this name.
	const form = event.target;
	const body = new URLSearchParams(new FormData(form, event.submitter));
	const response = await fetch(form.getAttribute('action'), { method: 'POST', body });
	say(outcomeIn(parsed(await response.text())));
	if (response.ok) for (const input of form.querySelectorAll('[data-clear]')) input.value = '';
	await refresh();
});

// The browser would press the first button of the form.
document.addEventListener('keydown', (event) => {
	const { press } = event.target.dataset;
	if (event.key !== 'Enter' || !press) return;
	event.preventDefault();
	const { form } = event.target;
	form.requestSubmit(form.querySelector(`button[value="${press}"]`));
});

for (const button of document.querySelectorAll('[data-copy]')) {
	button.hidden = false;
	button.addEventListener('click', async () => {
		const { value } = document.getElementById(button.dataset.copy);
		await navigator.clipboard.writeText(value);
		say({ textContent: button.ariaLabel.replace('Copy', 'Copied:'), className: 'good' });
	});
}

setInterval(() => refresh().catch(() => {}), 1000);
