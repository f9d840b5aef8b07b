// Only the parts marked data-live are replaced, so that nothing typed is lost.
async function refresh() {
	const response = await fetch('/');
	const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
	for (const part of document.querySelectorAll('[data-live]')) {
		const next = fresh.getElementById(part.id).innerHTML;
		// Somebody may be choosing from it, or about to press its button.
		if (next === part.dataset.last || part.contains(document.activeElement)) continue;
		const { value } = part;
		part.dataset.last = next;
		part.innerHTML = next;
		if (part.querySelector(`option[value="${value}"]`)) part.value = value;
	}
}

setInterval(() => refresh().catch(() => {}), 1000);
