// Keeps the page fresh without losing what is typed: only the parts marked data-live are replaced.
async function refresh() {
	const answer = await fetch('/');
	const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
	for (const part of document.querySelectorAll('[data-live]')) {
		const next = fresh.getElementById(part.id);
		if (!next || next.innerHTML === part.dataset.last) continue;
		const chosen = part.value;
		part.dataset.last = next.innerHTML;
		if (document.activeElement === part) continue;
		part.innerHTML = next.innerHTML;
		if (part.tagName === 'SELECT' && part.querySelector(`option[value="${chosen}"]`)) {
			part.value = chosen;
		}
	}
}

const say = (text) => {
	document.title = text ? `! ${text}` : 'Expert site simulator';
	let box = document.getElementById('error');
	if (!box) {
		box = Object.assign(document.createElement('p'), { id: 'error', className: 'notice' });
		document.getElementById('notices').before(box);
	}
	box.hidden = !text;
	box.textContent = text;
};

document.addEventListener('submit', async (event) => {
	event.preventDefault();
	// Not form.action: that is the button of this name.
	const form = event.target;
	const body = new URLSearchParams(new FormData(form, event.submitter));
	const answer = await fetch(form.getAttribute('action'), { method: 'POST', body });
	const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
	say(answer.ok ? '' : page.querySelector('p').textContent);
	if (answer.ok)
		for (const input of form.querySelectorAll('[placeholder]')) input.value = input.defaultValue;
	await refresh();
});

setInterval(() => refresh().catch(() => {}), 1000);
