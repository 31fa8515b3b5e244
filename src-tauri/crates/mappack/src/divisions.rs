//! Towns and villages of a county by their official codes, as the public lists have them.
//! Not here: where they lie (`gazetteer` finds that by name).

use crate::PackError;
use serde::Deserialize;
use std::path::Path;

/// The divisions of one county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divisions {
    /// The county's name, perhaps empty.
    pub name: String,
    /// The county's code.
    pub area_code: String,
    /// Towns (乡镇、街道) with their villages, by code.
    pub towns: Vec<DivisionTown>,
}

/// A town.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DivisionTown {
    /// Nine digits as a rule.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its villages (村、社区) by code.
    pub villages: Vec<DivisionVillage>,
}

/// A village or neighbourhood committee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DivisionVillage {
    /// Twelve digits as a rule.
    pub code: String,
    /// Name, as a rule ending in 村民委员会 or 居民委员会.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    area_code: String,
    #[serde(default)]
    name: String,
    streets: Vec<Street>,
    #[serde(default)]
    villages: Vec<Village>,
}

#[derive(Deserialize)]
struct Street {
    code: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Village {
    code: String,
    name: String,
    street_code: String,
}

impl Divisions {
    /// Reads a file with `areaCode`, `name`, `streets` [{code, name}] and
    /// `villages` [{code, name, streetCode}].
    ///
    /// # Errors
    /// [`PackError::BadJson`] when it has another shape, or a village names a town that is not
    /// there: such a village would silently vanish.
    pub fn read(path: &Path) -> Result<Self, PackError> {
        let text = std::fs::read_to_string(path).map_err(PackError::io(path))?;
        let bad = |why: String| PackError::BadJson {
            path: path.to_owned(),
            why,
        };
        let file: File = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
        let mut towns: Vec<DivisionTown> = file
            .streets
            .into_iter()
            .map(|street| DivisionTown {
                code: street.code,
                name: street.name,
                villages: Vec::new(),
            })
            .collect();
        towns.sort_by(|a, b| a.code.cmp(&b.code));
        for village in file.villages {
            let town = towns
                .binary_search_by(|town| town.code.cmp(&village.street_code))
                .map_err(|_| bad(format!("village {} names no town here", village.code)))?;
            let village = DivisionVillage {
                code: village.code,
                name: village.name,
            };
            towns[town].villages.push(village);
        }
        for town in &mut towns {
            town.villages.sort_by(|a, b| a.code.cmp(&b.code));
        }
        Ok(Self {
            name: file.name,
            area_code: file.area_code,
            towns,
        })
    }
}
