// SPDX-License-Identifier: MIT
//
// The filter language. One filter per line; a filter goes on over the end of a line inside braces,
// behind an operator and behind a comma. The grammar is wider than the language: lower.c turns what
// has no meaning into an error with its place.
//
//   filters   filter, filter, ...
//   filter    operand { "<>" | ">"  operand } options
//   operand   [shared] place [( key, condition, ... )] [{ count }]   |  self  |  *
//   place     f · file.c:f · file.c:10 · file.c:10-20 · f:entry · f:exit · end(f) · { a; b, c }
//
// After changes: ninja grammar (or grammar/regenerate.sh), and commit src/.

// as in C
const PREC = { or: 1, and: 2, bitOr: 3, bitXor: 4, bitAnd: 5, equal: 6, compare: 7, shift: 8, add: 9,
  multiply: 10, unary: 11, postfix: 12 };

module.exports = grammar({
  name: 'loom',
  word: $ => $.identifier,
  extras: $ => [/[ \t\r\f\v]/, /\\\r?\n/, $.comment],

  rules: {
    filters: $ => seq(
      repeat($._newline),
      optional(seq($.filter, repeat(seq(repeat1($._newline), $.filter)), repeat($._newline))),
    ),

    filter: $ => seq(
      field('operand', $._operand),
      repeat(seq(field('operator', $.operator), repeat($._newline), field('operand', $._operand))),
      repeat(field('option', $._option)),
    ),

    operator: $ => choice('<>', '>'),
    _operand: $ => choice($.self, $.everything, $.operand),
    self: $ => 'self',
    everything: $ => '*',
    operand: $ => seq(
      optional(field('shared', 'shared')),
      field('place', $._place),
      optional(field('key', $.key)),
      optional(field('count', $.count)),
    ),

    // places
    _place: $ => choice($.function, $.lines, $.edge, $.end, $.events),
    function: $ => seq(
      optional('@'), optional(seq(field('file', $.path), ':')), field('name', $.identifier)),
    lines: $ => seq(
      optional('@'), field('file', choice($.path, alias($.identifier, $.path))), ':',
      field('first', $.number), optional(seq('-', field('last', $.number)))),
    edge: $ => seq(
      optional('@'), optional(seq(field('file', $.path), ':')),
      field('name', $.identifier), ':', field('edge', $.identifier)),
    end: $ => seq('end', '(', optional(seq(field('file', $.path), ':')),
      field('name', $.identifier), ')'),
    events: $ => seq(
      '{', repeat($._newline), list($, field('entry', $._event)),
      optional(seq(';', repeat($._newline), list($, field('exit', $._event)))), '}'),
    _event: $ => choice($.function, $.lines, $.edge),

    // what narrows a place down
    key: $ => seq('(', repeat($._newline), list($, field('value', $._expression)), ')'),
    count: $ => seq('{', field('value', $._expression), '}'),

    // options
    _option: $ => choice($.each, $.name_option, $.within_option, $.else_option, $.for_option,
      $.build_option),
    each: $ => 'each',
    name_option: $ => seq('name', field('value', $.string)),
    within_option: $ => seq('within', field('value', $.duration)),
    else_option: $ => seq('else', 'pass'),
    for_option: $ => seq('for', field('value', $.duration)),
    build_option: $ => seq('for', 'build', field('value', $.hash)),

    // expressions of C over what is visible at the place
    _expression: $ => choice($.variable, $.number, $.character, $.unary, $.binary, $.member,
      $.index, $.group),
    group: $ => seq('(', field('value', $._expression), ')'),
    variable: $ => $.identifier,
    unary: $ => prec(PREC.unary, seq(field('operator', choice('*', '&', '-', '!', '~')),
      field('operand', $._expression))),
    member: $ => prec(PREC.postfix, seq(field('object', $._expression),
      field('operator', choice('->', '.')), field('member', $.identifier))),
    index: $ => prec(PREC.postfix, seq(field('object', $._expression),
      '[', field('index', $._expression), ']')),
    binary: $ => choice(
      ...[
        [PREC.or, ['||']], [PREC.and, ['&&']], [PREC.bitOr, ['|']], [PREC.bitXor, ['^']],
        [PREC.bitAnd, ['&']], [PREC.equal, ['==', '!=']], [PREC.compare, ['<', '<=', '>', '>=']],
        [PREC.shift, ['<<', '>>']], [PREC.add, ['+', '-']], [PREC.multiply, ['*', '/', '%']],
      ].map(([level, operators]) => prec.left(level, seq(field('left', $._expression),
        field('operator', choice(...operators)), field('right', $._expression))))),

    // tokens
    identifier: $ => /[A-Za-z_$][A-Za-z0-9_$]*/,
    number: $ => /0[xX][0-9a-fA-F]+|[0-9]+/,
    // behind identifier and number: at equal length the earlier rule wins
    path: $ => /\/?[A-Za-z0-9_.+][A-Za-z0-9_.+\-]*(\/[A-Za-z0-9_.+\-]+)*/,
    character: $ => /'([^'\\\n]|\\.)'/,
    string: $ => /"([^"\\\n]|\\["\\])*"/,
    duration: $ => /[0-9]+(\.[0-9]+)?(ms|s|m|h|d)/,
    hash: $ => /[0-9a-fA-F]+/,
    comment: $ => token(choice(seq('#', /[^\n]*/), seq('//', /[^\n]*/))),
    _newline: $ => '\n',
  },
});

// a, b, c, with line ends behind the commas and behind the last
function list($, item) {
  return seq(item, repeat(seq(',', repeat($._newline), item)), repeat($._newline));
}
