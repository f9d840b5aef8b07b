import { posix } from 'node:path';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { atGitHub, manifest, pageOf, SITE, sidebar } from '../pages.mts';
import { searchOptions } from '../search.mjs';

const { description, homepage } = manifest;

export default defineConfig({
	title: 'CXone Expert nodes for n8n',
	description,
	srcDir: 'pages',
	base: new URL(SITE).pathname,
	cleanUrls: true,
	themeConfig: {
		search: { provider: 'local', options: { miniSearch: { searchOptions } } },
		// The first page has no sidebar.
		nav: [
			{ text: 'Documentation', link: '/docs/' },
			{ text: 'Recipes', link: '/examples/workflows/' },
		],
		sidebar: sidebar(),
		outline: [2, 3],
		socialLinks: [{ icon: 'github', link: homepage }],
	},
	markdown: {
		// The links between the documents have GitHub's anchors.
		anchor: { slugify: slug },
		config: (md) => {
			md.core.ruler.push('as-at-github', leadOn);
			// What stands between braces is n8n's, not Vue's.
			const { render } = md.renderer;
			md.renderer.render = (...all) => `<div v-pre>${render.apply(md.renderer, all)}</div>`;
		},
	},
});

/** Links and pictures of a document lead where they lead at GitHub. */
function leadOn({ tokens, env }) {
	for (const token of tokens.flatMap((each) => [each, ...(each.children ?? [])])) {
		if (token.type === 'link_open') token.attrSet('href', target(token.attrGet('href'), env));
		// VitePress takes a picture of Markdown from beside the page, one of HTML only so.
		if (token.type.startsWith('html_')) {
			token.content = token.content.replace(/\b(src(?:set)?)="(?![./]|\w+:)/g, '$1="./');
		}
	}
}

function target(href, { relativePath }) {
	if (/^(\w+:|#)/.test(href)) return href;
	const [path, ...anchor] = href.split(/(?=#)/);
	const folder = posix.dirname(relativePath);
	const file = posix.join(folder, path);
	const page = pageOf(file);
	const found = page === undefined ? atGitHub(file) : posix.relative(folder, page);
	return [found, ...anchor].join('');
}
