/** What each folder of the nodes may import beside itself, `memory.ts` and `durations.ts`. See ARCHITECTURE.md. */
const LAYERS = {
	api: [],
	event: ['api'],
	protocol: ['api', 'event'],
	n8n: ['api'],
	metrics: ['api', 'protocol'],
	parameters: ['api', 'event'],
	trigger: ['api', 'event', 'protocol', 'n8n', 'metrics', 'parameters'],
	actions: ['api', 'event', 'protocol', 'n8n', 'metrics', 'parameters'],
};

/** The floors of the trigger: a folder imports those of the floors below it only. */
const FLOORS = [['changes'], ['ledger'], ['state'], ['publish', 'execution', 'delivery'], ['watch', 'poll']];

const layerRules = Object.entries(LAYERS).map(([layer, below]) => ({
	name: `layers-${layer}`,
	comment: `${layer} imports ${['durations', 'memory', ...below].join(', ')} only.`,
	severity: 'error',
	from: { path: `^nodes/CxoneExpert/${layer}/` },
	to: { path: '^nodes/', pathNot: `^nodes/CxoneExpert/(durations|memory|(${[layer, ...below].join('|')})/)` },
}));

const floorRules = FLOORS.flatMap((floor, index) =>
	floor.map((folder) => ({
		name: `floors-${folder}`,
		comment: `trigger/${folder} imports the floors below it only.`,
		severity: 'error',
		from: { path: `^nodes/CxoneExpert/trigger/${folder}/` },
		to: {
			path: `^nodes/CxoneExpert/trigger/(${FLOORS.slice(index).flat().join('|')})/`,
			pathNot: `^nodes/CxoneExpert/trigger/${folder}/`,
		},
	})),
);

const actionRules = [
	{
		name: 'actions-core',
		comment: 'The core of the action node knows no resource.',
		severity: 'error',
		from: { path: '^nodes/CxoneExpert/actions/core/' },
		to: { path: '^nodes/CxoneExpert/actions/(?!core/)' },
	},
	{
		name: 'actions-list-operations',
		comment: 'The index.ts of a resource lists its operations.',
		severity: 'error',
		from: { path: '^nodes/', pathNot: '^nodes/CxoneExpert/actions/[^/]+/index\\.ts$' },
		to: { path: '\\.operation\\.ts$' },
	},
	{
		name: 'actions-join-resources',
		comment: 'resources.ts joins the resources.',
		severity: 'error',
		from: { path: '^nodes/', pathNot: '^nodes/CxoneExpert/actions/resources\\.ts$' },
		to: { path: '^nodes/CxoneExpert/actions/[^/]+/index\\.ts$' },
	},
];

const MARKDOWN_LIBRARIES =
	'node_modules/(hast-util-to-mdast|htmlparser2|mdast-util-(from-markdown|gfm|gfm-table|to-hast|to-markdown)|micromark-extension-gfm)/';

const PARTS_OF_N8N = 'clock|contexts|database|executions|process|requests';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
	forbidden: [
		...layerRules,
		...floorRules,
		...actionRules,
		{
			name: 'no-circles',
			comment: 'Two files that need each other are one idea, or hide a third.',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { circular: true },
		},
		{
			name: 'no-circles-in-tests',
			comment: 'A test double and its parts may know the types of each other, not the code.',
			severity: 'error',
			from: { path: '^test/' },
			to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
		},
		{
			name: 'one-folder-leans-on-n8n',
			comment: 'A reliance on n8n is looked for in one place: nodes/CxoneExpert/n8n/.',
			severity: 'error',
			from: { path: '^nodes/' },
			to: { path: '^nodes/.+/n8n/', pathNot: '^nodes/CxoneExpert/n8n/' },
		},
		{
			name: 'one-file-knows-the-xml-library',
			severity: 'error',
			from: { path: '^nodes/', pathNot: '^nodes/CxoneExpert/api/xml\\.ts$' },
			to: { path: 'node_modules/fast-xml-parser' },
		},
		{
			name: 'one-file-knows-the-markdown-libraries',
			severity: 'error',
			from: { path: '^nodes/', pathNot: '^nodes/CxoneExpert/actions/markdown/libraries\\.ts$' },
			to: { path: MARKDOWN_LIBRARIES },
		},
		{
			name: 'nothing-at-run-time',
			comment: 'The package has no dependencies: n8n has n8n-workflow, other libraries are bundled.',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: {
				dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
				pathNot: `node_modules/(n8n-workflow|fast-xml-parser|@types/)|${MARKDOWN_LIBRARIES}`,
			},
		},
		{
			name: 'source-knows-no-test',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { path: '^test/' },
		},
		{
			name: 'suites-stand-alone',
			comment: 'What two suites need lies in test/support.',
			severity: 'error',
			from: { path: '^test/(?!support/)([^/]+)/' },
			to: { path: '^test/', pathNot: '^test/(support|$1)/' },
		},
		{
			name: 'support-knows-no-suite',
			severity: 'error',
			from: { path: '^test/support/' },
			// Documents print from the table of deeds, and the n8n of the worlds is that of the other tests, too.
			to: { path: '^test/', pathNot: `^test/(support/|world/(deeds|${PARTS_OF_N8N})\\.mts$)` },
		},
	],
	options: {
		tsConfig: { fileName: 'test/tsconfig.json' },
		// Types count, too: an import of a type is knowledge of its file.
		tsPreCompilationDeps: true,
		doNotFollow: { path: 'node_modules' },
		exclude: { path: '^dist/' },
	},
};
