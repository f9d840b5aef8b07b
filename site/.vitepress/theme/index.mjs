import { inBrowser, withBase } from 'vitepress';
import theme from 'vitepress/theme';
import './style.css';

if (inBrowser) document.addEventListener('click', copyWorkflow);

export default theme;

/** The page is HTML without Vue, so its buttons have no handlers of their own. */
async function copyWorkflow({ target }) {
	const { file } = target.closest('.copy-workflow')?.dataset ?? {};
	if (file === undefined) return;
	const text = fetch(withBase(`/examples/workflows/${file}`)).then(textOf);
	target.textContent = await write(text).then(
		() => 'Copied: paste it onto the canvas',
		() => 'Not copied: open the file instead',
	);
}

async function textOf(response) {
	if (!response.ok) throw new Error(`${response.status}`);
	return new Blob([await response.text()], { type: 'text/plain' });
}

/** Safari writes only what it was given within the click, though the text may come later. */
async function write(text) {
	await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })]);
}
