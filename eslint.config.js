import neostandard from 'neostandard'

export default neostandard({ ts: true, ignores: ['dist', '.tap', 'test/golden/replay.mjs', 'examples/live/public/vendor'] })
