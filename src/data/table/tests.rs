//! What a table is read from, and what it refuses.

use super::*;

fn read(reader: &Csv, text: impl AsRef<[u8]>) -> Result<Table, DataError> {
    reader.read_from(text.as_ref(), "t.csv")
}

fn message(reader: &Csv, text: impl AsRef<[u8]>) -> String {
    read(reader, text).unwrap_err().to_string()
}

#[test]
fn quotes_separators_marks_and_line_ends_do_not_matter() {
    let table = read(&Csv::new(), "a,b c\n1,2.5\n-3e2,4\n").unwrap();
    assert_eq!((table.len(), table.column("b c").unwrap().values()), (2, &[2.5, 4.0][..]));
    for (separator, text) in [
        (b',', "\u{feff}a,\"b c\"\r\n\r\n 1 , 2.5\r\n\"-3e2\" ,\"4\"\r\n"),
        (b';', "a;b c\n1;2.5\n-3e2;4"),
        (b'\t', "a\tb c\n1\t2.5\n-3e2\t4\n"),
        (b' ', "a   \"b c\"\n  1 2.5  \n-3e2     4\n"),
    ] {
        assert_eq!(read(&Csv::new().separator(separator), text).unwrap(), table, "{text:?}");
        assert_eq!(read(&Csv::new().separator(separator), super::super::open::gzip(text.as_bytes())).unwrap(), table, "{text:?}");
    }
    let plain = read(&Csv::new().no_header(), "1,2\n3,4\n").unwrap();
    assert_eq!((plain.len(), plain.columns()[1].name()), (2, "2"));
}

#[test]
fn categories_are_sorted_and_quotes_keep_what_is_in_them() {
    let reader = Csv::new().categorical("c", Encoding::OneHot);
    let table = read(&reader, "c,n\n\"b, \"\"x\"\" \",1\na,2\n\u{e9},3\na,4\n").unwrap();
    let column = table.column("c").unwrap();
    assert_eq!(column.categories(), ["a", "b, \"x\" ", "\u{e9}"]);
    assert_eq!(column.values(), [1.0, 0.0, 2.0, 0.0]);
    let set = table.regression(&["n"]).unwrap();
    assert_eq!((set.features(0), set.features(2)), (&[0.0, 1.0, 0.0][..], &[0.0, 0.0, 1.0][..]));
    let set = table.classification("c").unwrap();
    assert_eq!((set.label(2), set.class_names().len(), set.feature_names()), (Some(2), 3, &["n".to_owned()][..]));
    // A column of numbers is a label as well.
    assert_eq!(read(&Csv::new(), "x,y\n1,0\n2,2\n").unwrap().classification("y").unwrap().class_counts(), [1, 0, 1]);
}

#[test]
fn missing_values_are_filled_or_dropped_or_refused() {
    let text = "a,b\n1,x\nNA,y\n3,\n8,y\n,y\n";
    let reader = |missing, category| Csv::new().categorical("b", Encoding::Index).missing(missing).missing_in("b", category);
    let columns = |missing, category| {
        let table = read(&reader(missing, category), text).unwrap();
        (table.columns()[0].values().to_vec(), table.columns()[1].values().to_vec())
    };
    let category = Missing::MostFrequent;
    assert_eq!(columns(Missing::Mean, category), (vec![1.0, 4.0, 3.0, 8.0, 4.0], vec![0.0, 1.0, 1.0, 1.0, 1.0]));
    assert_eq!(columns(Missing::Median, category).0, [1.0, 3.0, 3.0, 8.0, 3.0]);
    assert_eq!(columns(Missing::MostFrequent, category).0, [1.0, 1.0, 3.0, 8.0, 1.0]);
    assert_eq!(columns(Missing::Constant(-1.0), category).0, [1.0, -1.0, 3.0, 8.0, -1.0]);
    assert_eq!(columns(Missing::Drop, Missing::Drop), (vec![1.0, 8.0], vec![0.0, 1.0]));
    assert_eq!(message(&reader(Missing::Error, category), text), "t.csv, line 3, column 1: column `a`: the value is missing");
    assert!(
        message(&reader(Missing::Mean, Missing::Mean), text).contains("line 4, column 2: column `b`: a category is missing, which only")
    );
    assert!(message(&Csv::new().missing(Missing::Mean), "a\n?\nnan\n").contains("all values are missing"));
    // What is dropped leaves no category and no hole behind.
    let dropping = Csv::new().categorical("b", Encoding::Index).missing_in("a", Missing::Drop).missing_in("c", Missing::Mean);
    let table = read(&dropping, "c,b,a\n,z,\n1,x,2\n,y,\n,x,3\n").unwrap();
    assert_eq!((table.columns()[1].categories(), table.columns()[0].values()), (&["x".to_owned()][..], &[1.0, 1.0][..]));
}

#[test]
fn a_second_file_is_read_like_the_first() {
    let reader = Csv::new().categorical("c", Encoding::OneHot).missing(Missing::Mean).missing_in("c", Missing::Error);
    let train = read(&reader, "c,n\na,1\nb,\nc,3\n").unwrap();
    let like = Csv::new().missing(Missing::Mean).like(&train);
    let test = read(&like, "c,n\nb,100\na,\n").unwrap();
    assert_eq!(test.regression(&["n"]).unwrap().features(0), [0.0, 1.0, 0.0]);
    assert_eq!(test.column("n").unwrap().values(), [100.0, 2.0], "filled with the mean of the training set");
    assert!(message(&like, "c,n\nd,1\n").contains("line 2, column 1: column `c`: `d` is not one of its 3 categories"));
    assert!(message(&like, "c,m\na,1\n").contains("column `m`: the table it shall be like has no such column"));
    assert!(message(&like, "c\na\n").contains("column `n`: it is missing"));
    assert!(message(&like, "n,c\n1,a\n").contains("another order"));
}

#[test]
fn errors_name_line_and_column() {
    for (text, says) in [
        ("a,b\n1,2\n1,x\n", "t.csv, line 3, column 2: column `b`: `x` is not a finite number (if the column holds categories"),
        ("a,b\n1\n", "line 2, column 1: 1 fields, but the header has 2 columns"),
        ("a,b\n1,2,3\n", "line 2, column 3: more fields than the 2 columns"),
        ("a\n1;5\n", "is the separator another one?"),
        ("a\n\"1,5\"\n", "a decimal comma?"),
        ("a\ninf\n", "`inf` is not a finite number"),
        ("a\n1e999\n", "`1e999` is not a finite number"),
        ("a\n\"1\n", "line 2, column 1: a quote that is not closed"),
        ("a\n\"1\" 2\n", "something behind the closing quote"),
        ("a\n1\"2\n", "a quote within a field"),
        ("a,\n1,2\n", "line 1, column 2: a column without a name"),
        ("a,a\n1,2\n", "column `a`: two columns have this name"),
        ("", "t.csv: no samples"),
        ("a,b\n\n", "t.csv: no samples"),
    ] {
        let message = message(&Csv::new(), text);
        assert!(message.contains(says), "{text:?}: {message}");
    }
    assert!(message(&Csv::new(), b"a\n\xff\n").contains("line 2, column 1: it is not UTF-8"));
    assert!(message(&Csv::new(), format!("a\n{}\n", "x".repeat(100_000))).len() < 200);
    assert!(message(&Csv::new(), "x".repeat(2000)).contains("a name of 2000 bytes"));
    let categorical = Csv::new().categorical("a", Encoding::Index);
    assert!(message(&categorical, format!("a\n{}\n", "x".repeat(2000))).contains("a category of 2000 bytes"));
    let endless = Csv::new().read_from(std::io::repeat(b'1'), "t.csv").unwrap_err();
    assert!(endless.to_string().contains("a line of"), "{endless}");
}

#[test]
fn what_is_asked_of_a_column_must_make_sense() {
    let text = "a,b\n1,x\n";
    assert!(
        message(&Csv::new().categorical("c", Encoding::Index), text).contains("column `c`: there is none of this name; there are a, b")
    );
    assert!(message(&Csv::new().skip("c"), text).contains("column `c`"));
    assert!(message(&Csv::new().skip("a").skip("b"), text).contains("all columns are skipped"));
    assert!(message(&Csv::new().missing_in("a", Missing::Constant(f64::NAN)), text).contains("must be finite"));
    let table = read(&Csv::new().skip("b"), text).unwrap();
    assert_eq!(table.columns().len(), 1);
    assert!(table.classification("a").unwrap_err().to_string().contains("no other column"));
    let table = read(&Csv::new().categorical("b", Encoding::Index), "a,b,d\n1.5,x,3e38\n2,y,4e38\n").unwrap();
    assert!(table.regression(&["b"]).unwrap_err().to_string().contains("a category cannot be a target"));
    assert!(table.regression(&["a", "a"]).unwrap_err().to_string().contains("named twice"));
    assert!(table.regression(&[]).unwrap_err().to_string().contains("at least one target"));
    assert!(table.classification("a").unwrap_err().to_string().contains("1.5 is not the number of a class"));
    assert!(table.classification("b").unwrap_err().to_string().contains("sample 1, value 1: inf is not a finite number of 32 bits"));
}

#[test]
fn gaps_of_a_test_set_are_filled_from_the_training_set() {
    let reader = Csv::new().missing(Missing::Mean);
    let train = read(&reader, "a,b\n1,0\n3,0\n").unwrap();
    let test = read(&reader.clone().like(&train), "a,b\n100,0\n,0\n").unwrap();
    assert_eq!(test.column("a").unwrap().values(), [100.0, 2.0]);
    // Read without a rule, there is nothing to fill them with.
    let strict = read(&Csv::new(), "a,b\n1,0\n3,0\n").unwrap();
    let says = message(&reader.like(&strict), "a,b\n100,0\n,0\n");
    assert!(says.contains("without a rule"), "{says}");
}

/// The rows of a stream are those of the table, for every option that a stream can have.
#[test]
fn rows_one_by_one_are_those_of_the_table() {
    let text = "colour,size,price\nred,1,10\n\"blue\",NA,30\n\nred,3,\ngreen,4,5\n";
    let whole = Csv::new().categorical("colour", Encoding::OneHot).missing(Missing::Mean).read_from(text.as_bytes(), "t").unwrap();
    let set = whole.regression(&["price"]).unwrap();
    let like = Csv::new().missing(Missing::Mean).like(&whole);
    let rows = like.rows_from(text.as_bytes(), "t").unwrap().regression(&["price"]).unwrap();
    let rows: Vec<(Vec<f32>, Vec<f32>)> = rows.map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4);
    for (index, (features, target)) in rows.iter().enumerate() {
        assert_eq!((set.features(index), set.target(index)), (&features[..], &target[..]));
    }
    // Dropped, skipped, without a header.
    let text = "1,x,0\n,y,1\n3,z,1\n4,,2\n";
    let plain = Csv::new().no_header().skip("2").missing(Missing::Drop);
    let set = plain.read_from(text.as_bytes(), "t").unwrap().classification("3").unwrap();
    let rows = plain.rows_from(text.as_bytes(), "t").unwrap().classification("3").unwrap();
    let rows: Vec<(Vec<f32>, u32)> = rows.map(Result::unwrap).collect();
    assert_eq!(rows, [(vec![1.0], 0), (vec![3.0], 1), (vec![4.0], 2)]);
    assert!(rows.iter().enumerate().all(|(i, (x, y))| set.features(i) == &x[..] && set.label(i) == Some(*y as usize)));
}

#[test]
fn what_a_stream_of_rows_cannot_know_and_what_is_wrong_in_it_is_told() {
    let open = |reader: &Csv, text: &'static str| reader.rows_from(text.as_bytes(), "t.csv").map(drop).unwrap_err().to_string();
    let csv = Csv::new();
    assert!(open(&csv.clone().categorical("a", Encoding::Index), "a,b\nx,1\n").contains("column `a`: its categories must be known"));
    assert!(open(&csv.clone().missing(Missing::Median), "a,b\n1,1\n").contains("what is filled in must be known"));
    assert!(open(&csv, "a,a\n1,1\n").contains("two columns have this name"));
    assert_eq!(open(&csv, ""), "t.csv: no samples");
    let rows = |text: &'static str| csv.rows_from(text.as_bytes(), "t.csv").unwrap();
    let columns = |result: Result<(), DataError>| result.unwrap_err().to_string();
    assert!(columns(rows("a,b\n1,1\n").classification("c").map(drop)).contains("there are a, b"));
    assert!(columns(rows("a\n1\n").classification("a").map(drop)).contains("no other column"));
    assert!(columns(rows("a,b\n1,1\n").regression(&["a", "a"]).map(drop)).contains("named twice"));
    assert!(columns(rows("a,b\n1,1\n").regression(&[]).map(drop)).contains("at least one target"));
    for (text, says) in [
        ("a,b\n1,1\n\n2,x\n3,1\n", "t.csv, line 4, column 2: column `b`: `x` is not a finite number"),
        ("a,b\n1,1\n2\n", "t.csv, line 3, column 1: 1 fields, but the header has 2 columns"),
        ("a,b\n1,1\n2,\n", "t.csv, line 3, column 2: column `b`: the value is missing"),
        ("a,b\n1,1\n1e300,1\n", "t.csv, line 3, column 1: column `a`: 1e300 is beyond the range of `f32`"),
        ("a,b\n1,1\n1,0.5\n", "t.csv, line 3, column 2: 0.5 is not the number of a class"),
    ] {
        let mut rows = rows(text).classification("b").unwrap();
        assert_eq!(rows.next().unwrap().unwrap(), (vec![1.0], 1));
        let message = rows.next().unwrap().unwrap_err().to_string();
        assert!(message.starts_with(says), "{text:?}: {message}");
        assert!(rows.next().is_none(), "nothing comes after an error");
    }
}
