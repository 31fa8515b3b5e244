//! House numbers in tantivy: an index of pairs of characters in memory, one segment, of which a
//! query wants every one; what a person would build who looks for parts of Chinese names.
//!
//! `fengsui-peer-tantivy NAMES` reads a name a line, says `ready SECONDS` when the index stands,
//! and answers every line of its input with one: how long the search took in microseconds, and the
//! first twenty names, between tabs. Not here: what is asked, and our own search.

use std::error::Error;
use std::io::{BufRead, Write};
use std::time::Instant;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{
    Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions, Value as _,
};
use tantivy::tokenizer::NgramTokenizer;
use tantivy::{Index, IndexWriter, Searcher, TantivyDocument, Term, doc};

/// Name of the tokenizer inside the index.
const PAIRS: &str = "pairs";
/// What the writer may hold, bytes.
const HEAP: usize = 200_000_000;
/// Names the desk asks for.
const HITS: usize = 20;

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    let path = std::env::args().nth(1).ok_or("which names?")?;
    let names = std::fs::read_to_string(path)?;
    let began = Instant::now();
    let (searcher, field) = indexed(names.lines())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "ready {:.3}", began.elapsed().as_secs_f64())?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let query = line?;
        let began = Instant::now();
        let found = search(&searcher, field, &query)?;
        let took = began.elapsed().as_secs_f64() * 1e6;
        writeln!(out, "{took:.3}\t{}", found.join("\t"))?;
        out.flush()?;
    }
    Ok(())
}

fn indexed<'a>(names: impl Iterator<Item = &'a str>) -> Fallible<(Searcher, Field)> {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(PAIRS)
        .set_index_option(IndexRecordOption::WithFreqs);
    let options = TextOptions::default().set_indexing_options(indexing);
    let field = schema.add_text_field("name", options.set_stored());
    let index = Index::create_in_ram(schema.build());
    index
        .tokenizers()
        .register(PAIRS, NgramTokenizer::new(2, 2, false)?);
    let mut writer: IndexWriter = index.writer_with_num_threads(1, HEAP)?;
    let mut count = 0;
    for name in names {
        writer.add_document(doc!(field => name))?;
        count += 1;
    }
    writer.commit()?;
    let parts = index.searchable_segment_ids()?;
    if parts.len() > 1 {
        writer.merge(&parts).wait()?;
    }
    writer.wait_merging_threads()?;
    let searcher = index.reader()?.searcher();
    match searcher.num_docs() == count {
        true => Ok((searcher, field)),
        false => Err(format!("{} documents of {count}", searcher.num_docs()).into()),
    }
}

/// Names that hold every pair of the query, best first.
fn search(searcher: &Searcher, field: Field, query: &str) -> Fallible<Vec<String>> {
    let chars: Vec<char> = query.chars().collect();
    let pair = |pair: &[char]| {
        let term = Term::from_field_text(field, &pair.iter().collect::<String>());
        let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
        Box::new(query) as Box<dyn Query>
    };
    let wanted = BooleanQuery::intersection(chars.windows(2).map(pair).collect());
    let best = TopDocs::with_limit(HITS).order_by_score();
    let mut names = Vec::new();
    for (_, at) in searcher.search(&wanted, &best)? {
        let document: TantivyDocument = searcher.doc(at)?;
        let value = document.get_first(field);
        let name = value.and_then(|value| value.as_str().map(str::to_owned));
        names.push(name.ok_or("a document without its name")?);
    }
    Ok(names)
}
