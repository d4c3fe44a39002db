// The page's cubes (cube.py): cells that agree in every name, added up anew under a filter.
let scale = 0;
const dictionaries = {}, cubes = {};

function readCubes(bytes) {
  const size = new DataView(bytes.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
  let at = 4 + size;
  function number() {
    let value = 0, factor = 1, byte;
    do {
      byte = bytes[at++];
      value += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte & 0x80);
    return value;
  }
  const signedNumber = () => { const n = number(); return n % 2 ? -(n + 1) / 2 : n / 2; };
  const column = (length, read) => Float64Array.from({ length }, read);
  scale = head.scale;
  Object.assign(dictionaries, head.dictionaries);
  for (const [name, { cells, dimensions, counts, money }] of Object.entries(head.cubes)) {
    const cube = { cells, names: {}, counts: {}, money: {} };
    for (const dimension of dimensions) {
      let code = 0;
      cube.names[dimension] = column(cells, () => (code += signedNumber()));
    }
    for (const each of counts) cube.counts[each] = column(cells, () => signedNumber());
    readMoney(cube, money);
    cubes[name] = cube;
  }
  for (const cube of Object.values(cubes)) addPeriods(cube);
}
// Money is tokens times the rate of its model, other money, and what these leave.
function readMoney(cube, columns) {
  const known = new Set();
  const read = (name) => {
    if (known.has(name)) return cube.money[name];
    known.add(name);
    const { sums, rates, at, rest } = columns[name];
    const units = new Array(cube.cells).fill(0n);
    for (const other of sums.map(read)) units.forEach((_, i) => { units[i] += other[i]; });
    for (const [count, written] of Object.entries(rates)) {
      const numbers = cube.counts[count], rated = written.map(BigInt), of = cube.names.model;
      units.forEach((_, i) => { units[i] += BigInt(numbers[i]) * (rated[of[i]] ?? 0n); });
    }
    let place = 0;
    at.forEach((step, i) => { place += step; units[place] += BigInt(rest[i]); });
    return (cube.money[name] = units);
  };
  Object.keys(columns).forEach(read);
}
// Weeks and months are names of days.
function addPeriods(cube) {
  if (!cube.names.day) return;
  const { text, week } = dictionaries.day;
  for (const [name, of] of [["week", week], ["month", text.map((day) => day.slice(0, 7))]]) {
    const distinct = [...new Set(of)].sort();
    dictionaries[name] = { size: distinct.length, text: distinct };
    const codes = of.map((value) => distinct.indexOf(value));
    cube.names[name] = cube.names.day.map((day) => codes[day]);
  }
}

/** The cells of a cube that filters leave: `{days: [first, last], project: place, …}`. */
function cellsOf(cube, { days, ...names }) {
  const tests = [], cells = [];
  if (days) {
    const [codes, known] = cube.names.day
      ? [cube.names.day, dictionaries.day.text] : [cube.names.window, dictionaries.window.day];
    const isIn = known.map((day) => day >= days[0] && day <= days[1]);
    tests.push((cell) => isIn[codes[cell]]);
  }
  for (const [name, place] of Object.entries(names)) {
    const codes = cube.names[name];
    // What has no such name cannot be of it.
    tests.push(codes ? (cell) => codes[cell] === place : () => false);
  }
  for (let cell = 0; cell < cube.cells; cell++)
    if (tests.every((test) => test(cell))) cells.push(cell);
  return cells;
}
/** One row a group of cells: places of its names, and sums; in the order of the names. */
function grouped(cube, cells, by, { counts = [], money = [] } = {}) {
  const places = new Map(), rows = [], groups = new Int32Array(cells.length);
  const columns = by.map((name) => cube.names[name]);
  const sizes = by.map((name) => dictionaries[name].size);
  for (let i = 0; i < cells.length; i++) {
    let key = 0;
    for (let n = 0; n < columns.length; n++) key = key * sizes[n] + columns[n][cells[i]];
    let group = places.get(key);
    if (group === undefined) {
      group = rows.length;
      places.set(key, group);
      rows.push({ key });
      for (let n = 0; n < by.length; n++) rows[group][by[n]] = columns[n][cells[i]];
    }
    groups[i] = group;
  }
  // A column at a time: browsers are quick at that.
  const add = (name, column, sums) => {
    for (let i = 0; i < cells.length; i++) sums[groups[i]] += column[cells[i]];
    rows.forEach((row, group) => { row[name] = sums[group]; });
  };
  for (const name of counts) add(name, cube.counts[name], new Float64Array(rows.length));
  for (const name of money) add(name, cube.money[name], new Array(rows.length).fill(0n));
  return rows.sort((a, b) => a.key - b.key);
}
