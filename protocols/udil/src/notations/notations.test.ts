import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLenientJson } from "./lenient-json.ts";
import { parseXml } from "./xml-reader.ts";
import { valueOfElement } from "./xml-values.ts";

const json = [
  ['{"a":"1","b":[true,false,null,-1.50e3]}', { a: "1", b: ["1", "0", "", "-1.50e3"] }],
  ["{a: 1, 'b' = 'it is', }", { a: "1", b: "it is" }],
  ["[“x”, „y‟,]", ["x", "y"]],
  ['"line\nend \\n \\u00e9 \\" \\/"', 'line\nend \n é " /'],
  ['{"a":1,"a":2,"a":3}', { a: ["1", "2", "3"] }],
  ['{"n":12345678901234567890}', { n: "12345678901234567890" }],
  ["\ufeff [1 , ,2,, ] \n", ["1", "2"]],
  ["{}", {}],
  ["[]", []],
] as const;
for (const [text, expected] of json) {
  test(`lenient JSON ${JSON.stringify(text)}`, () => assert.deepEqual(parseLenientJson(text), expected));
}

const damagedJson = [
  ["{", true],
  ['{"a"', true],
  ['{"a":', true],
  ['{"a":"x', true],
  ['{"a":1', true],
  ['[1,"\\u00', true],
  ["", true],
  ["{} x", false],
  ["{:1}", false],
  ['{"a" 1}', false],
  ['["\\uzzzz"]', false],
] as const;
for (const [text, truncated] of damagedJson) {
  test(`no JSON: ${text}`, () => assert.throws(() => parseLenientJson(text), { truncated }));
}

const xml = [
  ["<r>a</r>", "a"],
  ["<r> a </r>", "a"],
  ["<r/>", ""],
  ["<r />", ""],
  ["<r></r>", ""],
  ["<?xml version=“1.0”?><!-- c --><r><a>1</a><!-- <b> --><b/></r>\n<!-- d -->", { a: "1", b: "" }],
  ["<r><element>1</element><element>2</element></r>", ["1", "2"]],
  ["<r><a>1</a><a>2</a><a>3</a></r>", { a: ["1", "2", "3"] }],
  ['<x:r xmlns:x="http://a/>b"><x:a k=\'">\'>1</x:a></x:r>', { a: "1" }],
  ["<r><![CDATA[<a>&amp;]]></r>", "<a>&amp;"],
  ["<r>&lt;&amp;&gt;&quot;&apos;&#65;&#x42; A & B</r>", "<&>\"'AB A & B"],
  ["\ufeff<r>1</r>", "1"],
] as const;
for (const [text, expected] of xml) {
  test(`XML ${text}`, () => assert.deepEqual(valueOfElement(parseXml(text)), expected));
}

const damagedXml = [
  ["", true],
  ["<r>", true],
  ["<r><a", true],
  ["<r><!-- ", true],
  ["<r><![CDATA[ ", true],
  ["<r></r><r></r>", false],
  ["text<r></r>", false],
  ["<r></r>text", false],
  ["</r>", false],
  ["<r></s>", false],
  ["<1></1>", false],
  ["<r>&#0;</r>", false],
  ["<r>&nbsp;</r>", false],
  ["<!DOCTYPE r><r/>", false],
] as const;
for (const [text, truncated] of damagedXml) {
  test(`no XML: ${text}`, () => assert.throws(() => parseXml(text), { truncated }));
}
