/**
 * How the search of the site ranks what it finds. VitePress hands the source of the functions to the browser, so they
 * can name nothing outside.
 */
export const searchOptions = {
	// 401 is not nearly 403, nor Slack slow.
	fuzzy: (term) => (/^(\d+|.{1,4})$/.test(term) ? false : 0.2),
	prefix: true,
	boost: { title: 4, text: 2, titles: 1 },
	// It is on every page: who types it means the other words.
	boostTerm: (term) => (term === 'n8n' ? 0.1 : 1),
	boostDocument: (id) => {
		const [page] = id.split('#');
		if (page.endsWith('/docs/troubleshooting')) return 2;
		return /\/(docs\/(vendor-facts|n8n-internals|decisions\/.*)|[A-Z_]+)$/.test(page) ? 0.1 : 1;
	},
};
