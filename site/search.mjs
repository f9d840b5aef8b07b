/**
 * How the search of the site ranks what it finds. VitePress hands the source of the functions to the browser, so they
 * can name nothing outside.
 */
export const searchOptions = {
	// 401 is not nearly 403, nor Slack slow.
	fuzzy: (term) => (/^(\d+|.{1,4})$/.test(term) ? false : 0.15),
	// Short words would be the beginning of nearly everything.
	prefix: (term) => term.length > 2,
	// What makes words a question says nothing of the answer.
	processTerm: (term) => {
		const asks =
			/^(a|an|and|are|be|build|can|do|does|find|for|from|get|gets|happens|has|have|how|i|if|in|is|it|my|need|not|of|on|only|or|see|the|there|they|to|was|what|when|where|whether|which|who|why|with|work|you|your)$/;
		const word = term.toLowerCase().replace(/[?!]+$/, '');
		return asks.test(word) ? null : word;
	},
	boost: { title: 4, text: 2, titles: 1 },
	// It is on every page: who types it means the other words.
	boostTerm: (term) => (term === 'n8n' ? 0.1 : 1),
	boostDocument: (id) => {
		const [page] = id.split('#');
		if (page.endsWith('/docs/troubleshooting')) return 2;
		// A recipe names many things that a page of the documents explains.
		if (page.endsWith('/examples/workflows/')) return 0.8;
		// The first page.
		if (page.endsWith('/')) return page.includes('/examples/') ? 1 : 1.2;
		return /\/(docs\/(vendor-facts|n8n-internals|decisions\/.*)|[A-Z_]+)$/.test(page) ? 0.1 : 1;
	},
};
