import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { identityOf, readManifest, root, siteOf } from '../scripts/repository/identity.mts';
import { withCards } from './recipes.mts';

/*
 * The pages of the site are the documents of the repository. They are copied: VitePress finds its own modules for
 * pages within its folder only.
 */

/** What package.json says of the package, such as its `homepage` at GitHub. */
export const manifest = readManifest(root);

/** The address of the site, which GitHub Pages gives it. */
export const SITE = siteOf(identityOf(manifest));

const documents = globSync(['*.md', '{docs,examples}/**/*.md'], { cwd: root });

/**
 * The page of a document, by its path from the root; `undefined` for a file that is none.
 *
 * @throws for a file that is not there
 */
export function pageOf(path: string): string | undefined {
	if (documents.includes(path)) return path.replace(/README\.md$/, 'index.md');
	if (existsSync(join(root, path))) return undefined;
	throw new Error(`A document links to ${path}, which is not there`);
}

/** The document of the page with this address, from that of the site; `undefined` if there is none. */
export function documentAt(address: string): string | undefined {
	return documents.find((path) => addressOf(path) === address);
}

function addressOf(path: string): string | undefined {
	return pageOf(path)?.replace(/(index)?\.md$/, '');
}

/** Where a file that is no page is shown. */
export function atGitHub(path: string): string {
	return `${manifest.homepage}/blob/main/${path}`;
}

/** The menu: what docs/README.md lists. */
export function sidebar(): Array<{ text: string; items: Array<{ text: string; link: string }> }> {
	const list = readFileSync(join(root, 'docs/README.md'), 'utf8');
	return [...list.matchAll(/^\*\*(.+?)\*\*: (.+)$/gm)].map(([, text = '', links = '']) => ({
		text,
		items: [...links.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, text = '', path = '']) => {
			const file = posix.join('docs', path);
			const address = addressOf(file);
			return { text, link: address === undefined ? atGitHub(file) : `/${address}` };
		}),
	}));
}

/**
 * The first page: README, whose top VitePress shows in its own way, with buttons for the links below the picture.
 *
 * @throws if README does not begin with a title, a text, a picture and links
 */
function makeFirstPage(folder: string): void {
	const readme = readFileSync(join(root, 'README.md'), 'utf8');
	const found = /^# (.+)\n\n(.+)\n\n!\[(.+)\]\((.+)\)\n\n(\[.+)\n\n/.exec(readme);
	if (found === null) throw new Error('README.md does not begin with a title, a text, a picture and links');
	const [all, text, tagline = '', alt, src = '', links = ''] = found;
	const actions = [...links.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, text, to = ''], index) => ({
		...{ text, theme: index === 0 ? 'brand' : 'alt' },
		link: to.startsWith('#') ? to : `/${addressOf(to)}`,
	}));
	const linked = tagline.replace(/\[([^\]]+)\]\(([^)]+)\)/g, '<a href="$2">$1</a>');
	const hero = { text, tagline: linked, image: { src: `/${src}`, alt }, actions };
	const frontMatter = JSON.stringify({ layout: 'home', hero });
	writeFileSync(join(folder, 'index.md'), `---\n${frontMatter}\n---\n\n${readme.slice(all.length)}`);
	// VitePress does not look for this one beside the page.
	cpSync(join(root, src), join(folder, 'public', src));
}

/** The page of recipes, and the workflows that its buttons copy. */
function makeRecipes(folder: string): void {
	const workflows = join(root, RECIPES);
	const list = readFileSync(join(workflows, 'README.md'), 'utf8');
	writeFileSync(join(folder, pageOf(`${RECIPES}/README.md`)!), withCards(list, workflows));
	cpSync(workflows, join(folder, 'public', RECIPES), { recursive: true, filter: (file) => !file.endsWith('.md') });
}

const RECIPES = 'examples/workflows';

if (import.meta.main) {
	const folder = join(import.meta.dirname, 'pages');
	rmSync(folder, { recursive: true, force: true });
	for (const path of documents) cpSync(join(root, path), join(folder, pageOf(path)!));
	makeFirstPage(folder);
	makeRecipes(folder);
	cpSync(join(root, 'docs/images'), join(folder, 'docs/images'), { recursive: true });
}
