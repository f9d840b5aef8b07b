import { cpSync, existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';

/*
 * The pages of the site are the documents of the repository. They are copied: VitePress finds its own modules for
 * pages within its folder only.
 */

const root = join(import.meta.dirname, '..');

/** What package.json says of the package, such as its `homepage` at GitHub. */
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const documents = globSync(['*.md', '{docs,examples}/**/*.md'], { cwd: root });

/**
 * The page of a document, by its path from the root; `undefined` for a file that is none.
 *
 * @throws for a file that is not there
 */
export function pageOf(path) {
	if (documents.includes(path)) return path.replace(/README\.md$/, 'index.md');
	if (existsSync(join(root, path))) return undefined;
	throw new Error(`A document links to ${path}, which is not there`);
}

/** The menu: what docs/README.md lists. */
export function sidebar() {
	const list = readFileSync(join(root, 'docs/README.md'), 'utf8');
	return [...list.matchAll(/^\*\*(.+?)\*\*: (.+)$/gm)].map(([, text, links]) => ({
		text,
		items: [...links.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, name, path]) => ({
			text: name === 'README' ? 'Overview' : name,
			link: `/${pageOf(posix.join('docs', path)).replace(/(index)?\.md$/, '')}`,
		})),
	}));
}

if (import.meta.main) {
	const folder = join(import.meta.dirname, 'pages');
	rmSync(folder, { recursive: true, force: true });
	for (const path of documents) cpSync(join(root, path), join(folder, pageOf(path)));
	cpSync(join(root, 'docs/images'), join(folder, 'docs/images'), { recursive: true });
}
