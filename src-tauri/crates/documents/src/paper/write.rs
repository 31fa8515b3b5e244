//! Writes set pages as PDF: real text that can be searched, faces cut down to the letters used,
//! the archive form PDF/A-2u. Not here: where anything stands (`page`).

use super::face::{FaceNumber, Faces};
use super::frame::{About, local};
use super::page::{Mark, PAGE_PT, Page};
use super::value::Level;
use crate::DocumentError;
use chrono::{Datelike as _, Timelike as _};
use krilla::color::luma;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use krilla::{Document, SerializeSettings};
use std::collections::BTreeMap;

/// Writes the pages of a paper, with the picture (PNG) that stands on them, if any.
pub(crate) fn pdf(
    about: &About<'_>,
    picture: Option<&[u8]>,
    faces: &Faces,
    pages: &[Page],
) -> Result<Vec<u8>, DocumentError> {
    let failed = |why: String| DocumentError::Pdf(why);
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_U)
        .finish()
        .map_err(|why| failed(format!("{why:?}")))?;
    let settings = SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    };
    let picture = picture
        .map(|png| Image::from_png(png.to_vec().into(), false).map_err(failed))
        .transpose()?;
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(about));
    let mut pen = Pen {
        faces,
        fonts: BTreeMap::new(),
        picture,
    };
    for marks in pages {
        let size = PageSettings::from_wh(PAGE_PT.0 as f32, PAGE_PT.1 as f32);
        let size = size.ok_or_else(|| failed("a page without a size".into()))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in &marks.marks {
            pen.draw(&mut surface, mark)?;
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|why| failed(format!("{why:?}")))
}

fn metadata(about: &About<'_>) -> Metadata {
    let imprint = about.imprint;
    let mut metadata = Metadata::new()
        .title(format!("{} {}", about.title, about.of))
        .creator("Fengsui 烽燧".into())
        .producer("Fengsui 烽燧".into())
        .language("zh-CN".into())
        .authors(vec![imprint.issuer.clone()])
        .document_id(about.code.clone());
    if let Some(made) = local(imprint.made_at_ms, imprint.utc_offset_min) {
        let offset = imprint.utc_offset_min;
        let date = DateTime::new(u16::try_from(made.year()).unwrap_or_default())
            .month(made.month() as u8)
            .day(made.day() as u8)
            .hour(made.hour() as u8)
            .minute(made.minute() as u8)
            .second(made.second() as u8)
            .utc_offset_hour((offset / 60) as i8)
            .utc_offset_minute((offset % 60).unsigned_abs() as u8);
        metadata = metadata.creation_date(date);
    }
    metadata
}

struct Pen<'a> {
    faces: &'a Faces,
    fonts: BTreeMap<FaceNumber, Font>,
    picture: Option<Image>,
}

impl Pen<'_> {
    fn font(&mut self, number: FaceNumber) -> Result<Font, DocumentError> {
        if let Some(font) = self.fonts.get(&number) {
            return Ok(font.clone());
        }
        let face = self.faces.face(number);
        let font = Font::new(face.bytes.clone().into(), face.index);
        let font = font.ok_or_else(|| DocumentError::Pdf("a font cannot be read".into()))?;
        self.fonts.insert(number, font.clone());
        Ok(font)
    }

    fn draw(&mut self, surface: &mut Surface<'_>, mark: &Mark) -> Result<(), DocumentError> {
        match mark {
            Mark::Text {
                x,
                baseline,
                size,
                is_bold,
                text,
            } => {
                surface.set_stroke(None);
                surface.set_fill(Some(black_fill()));
                let mut at = *x;
                for (number, piece) in self.faces.pieces(text, *is_bold) {
                    let start = Point::from_xy(at as f32, *baseline as f32);
                    let font = self.font(number)?;
                    let direction = TextDirection::Auto;
                    surface.draw_text(start, font, *size as f32, &piece, false, direction);
                    at += self.faces.face(number).width(&piece) * size;
                }
            }
            Mark::Line { from, to, width } => line(surface, &[*from, *to], *width),
            Mark::Level {
                middle,
                size,
                level,
            } => shape(surface, *middle, size / 2.0, *level),
            Mark::Picture { corner, size } => {
                let wanted = Size::from_wh(size.0 as f32, size.1 as f32);
                if let (Some(picture), Some(wanted)) = (&self.picture, wanted) {
                    let corner = Transform::from_translate(corner.0 as f32, corner.1 as f32);
                    surface.push_transform(&corner);
                    surface.draw_image(picture.clone(), wanted);
                    surface.pop();
                }
            }
        }
        Ok(())
    }
}

fn black_fill() -> Fill {
    Fill {
        paint: luma::Color::black().into(),
        ..Fill::default()
    }
}

fn black_stroke(width: f64) -> Stroke {
    Stroke {
        paint: luma::Color::black().into(),
        width: width as f32,
        ..Stroke::default()
    }
}

fn line(surface: &mut Surface<'_>, points: &[(f64, f64)], width: f64) {
    let mut path = PathBuilder::new();
    for (i, (x, y)) in points.iter().enumerate() {
        match i {
            0 => path.move_to(*x as f32, *y as f32),
            _ => path.line_to(*x as f32, *y as f32),
        }
    }
    surface.set_fill(None);
    surface.set_stroke(Some(black_stroke(width)));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// The shapes of the desk's levels: corners on a circle from the top on.
fn shape(surface: &mut Surface<'_>, (x, y): (f64, f64), radius: f64, level: Level) {
    let (corners, turn, is_full) = match level {
        Level::Normal => (32, 0.0, false),
        Level::Attention => (3, 0.0, false),
        Level::Urgent => (4, 0.0, true),
        Level::Grave => (8, 0.5, true),
    };
    let mut path = PathBuilder::new();
    for i in 0..corners {
        let angle = (f64::from(i) + turn) / f64::from(corners) * std::f64::consts::TAU;
        let at = (
            (x + radius * angle.sin()) as f32,
            (y - radius * angle.cos()) as f32,
        );
        match i {
            0 => path.move_to(at.0, at.1),
            _ => path.line_to(at.0, at.1),
        }
    }
    path.close();
    surface.set_fill(is_full.then(black_fill));
    surface.set_stroke(Some(black_stroke(1.2)));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}
