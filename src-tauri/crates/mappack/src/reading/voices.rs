//! How characters are said in names of places, where the general table does not know better.
//! Not here: tones. Sounds are plain pinyin with `v` for ü, as keyboards have it.

use super::Unit;
use pinyin::ToPinyinMulti;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// How many voices of one character are kept.
const VOICES_MAX: usize = 3;

/// Voices of single characters in names, the usual first: rare ones that no name has are left
/// out, and those that names have are put in. From 现代汉语词典 and the readings of names of
/// places listed there (地名读音).
// tidy: table
const CHARACTERS: &[(char, &[&str])] = &[
    ('一', &["yi"]),
    ('不', &["bu"]),
    ('大', &["da", "dai"]),
    ('小', &["xiao"]),
    ('中', &["zhong"]),
    ('上', &["shang"]),
    ('下', &["xia"]),
    ('厂', &["chang"]),
    ('广', &["guang"]),
    ('石', &["shi"]),
    ('车', &["che"]),
    ('会', &["hui", "kuai"]),
    ('合', &["he"]),
    ('谷', &["gu", "yu"]),
    ('台', &["tai"]),
    ('华', &["hua"]),
    ('王', &["wang"]),
    ('区', &["qu", "ou"]),
    ('万', &["wan", "mo"]),
    ('家', &["jia"]),
    ('南', &["nan"]),
    ('红', &["hong"]),
    ('洋', &["yang"]),
    ('阳', &["yang"]),
    ('重', &["chong", "zhong"]),
    ('长', &["chang", "zhang"]),
    ('厦', &["sha", "xia"]),
    ('六', &["liu", "lu"]),
    ('乐', &["le", "yue", "lao"]),
    ('行', &["hang", "xing"]),
    ('堡', &["bao", "pu", "bu"]),
    ('蔚', &["wei", "yu"]),
    ('圩', &["wei", "xu"]),
    ('埔', &["pu", "bu"]),
    ('番', &["fan", "pan"]),
    ('单', &["dan", "shan"]),
    ('解', &["jie", "xie"]),
    ('尉', &["wei", "yu"]),
    ('莘', &["shen", "xin"]),
    ('铅', &["qian", "yan"]),
    ('弋', &["yi"]),
    ('歙', &["she", "xi"]),
    ('泌', &["mi", "bi"]),
    ('浚', &["jun", "xun"]),
    ('荥', &["xing", "ying"]),
    ('柏', &["bai", "bo"]),
    ('曲', &["qu"]),
    ('巷', &["xiang", "hang"]),
    ('弄', &["nong", "long"]),
    ('什', &["shi", "shen"]),
    ('朝', &["chao", "zhao"]),
    ('犍', &["qian", "jian"]),
    ('筠', &["jun", "yun"]),
    ('珲', &["hun", "hui"]),
    ('洞', &["dong", "tong"]),
    ('牟', &["mou", "mu"]),
    ('泊', &["bo", "po"]),
    ('浒', &["hu", "xu"]),
    ('盛', &["sheng", "cheng"]),
    ('峒', &["tong", "dong"]),
    ('陂', &["bei", "pi", "po"]),
    ('屯', &["tun"]),
    ('燕', &["yan"]),
    ('系', &["xi", "ji"]),
    ('宿', &["su", "xiu"]),
    ('省', &["sheng"]),
    ('校', &["xiao", "jiao"]),
    ('卜', &["bu", "bo"]),
    ('任', &["ren"]),
    ('栎', &["li", "yue"]),
    ('涡', &["wo", "guo"]),
    ('蚌', &["bang", "beng"]),
    ('浍', &["kuai", "hui"]),
    ('都', &["du", "dou"]),
    ('调', &["diao", "tiao"]),
    ('传', &["chuan", "zhuan"]),
    ('觉', &["jue", "jiao"]),
    ('藏', &["zang", "cang"]),
    ('降', &["jiang", "xiang"]),
    ('仇', &["qiu", "chou"]),
    ('种', &["zhong", "chong"]),
    ('查', &["cha", "zha"]),
    ('盖', &["gai", "ge"]),
    ('缪', &["miao", "mou"]),
    ('晟', &["sheng", "cheng"]),
    ('场', &["chang"]),
    ('地', &["di"]),
    ('土', &["tu"]),
    ('沙', &["sha"]),
    ('沟', &["gou"]),
    ('塘', &["tang"]),
    ('坡', &["po"]),
    ('坝', &["ba"]),
    ('垭', &["ya"]),
    ('坳', &["ao"]),
    ('塅', &["duan"]),
    ('畈', &["fan"]),
    ('垸', &["yuan"]),
    ('湾', &["wan"]),
    ('冲', &["chong"]),
    ('岙', &["ao"]),
    ('嘴', &["zui"]),
    ('咀', &["zui", "ju"]),
    ('角', &["jiao", "jue"]),
    ('洼', &["wa"]),
    ('滩', &["tan"]),
    ('港', &["gang"]),
    ('汊', &["cha"]),
    ('汀', &["ting"]),
    ('埠', &["bu"]),
    ('墩', &["dun"]),
    ('丁', &["ding"]),
    ('干', &["gan"]),
    ('斗', &["dou"]),
    ('平', &["ping"]),
    ('正', &["zheng"]),
    ('生', &["sheng"]),
    ('司', &["si"]),
    ('兴', &["xing"]),
    ('好', &["hao"]),
    ('观', &["guan"]),
    ('间', &["jian"]),
    ('服', &["fu"]),
    ('当', &["dang"]),
    ('处', &["chu"]),
    ('相', &["xiang"]),
    ('和', &["he"]),
    ('头', &["tou"]),
    ('便', &["bian"]),
    ('信', &["xin"]),
    ('亲', &["qin"]),
    ('食', &["shi"]),
    ('属', &["shu"]),
    ('识', &["shi"]),
    ('术', &["shu"]),
    ('余', &["yu"]),
    ('予', &["yu"]),
    ('俞', &["yu"]),
    ('於', &["yu"]),
    ('沈', &["shen"]),
    ('杨', &["yang"]),
    ('宁', &["ning"]),
    ('泥', &["ni"]),
    ('拉', &["la"]),
    ('扎', &["zha"]),
    ('加', &["jia"]),
    ('贡', &["gong"]),
    ('空', &["kong"]),
    ('济', &["ji"]),
    ('将', &["jiang"]),
    ('强', &["qiang"]),
    ('幸', &["xing"]),
    ('福', &["fu"]),
    ('胜', &["sheng"]),
    ('奇', &["qi", "ji"]),
    ('夹', &["jia"]),
    ('绿', &["lv", "lu"]),
    ('露', &["lu"]),
    ('落', &["luo"]),
    ('陆', &["lu"]),
    ('龙', &["long"]),
    ('隆', &["long"]),
    ('林', &["lin"]),
    ('里', &["li"]),
    ('列', &["lie"]),
    ('来', &["lai"]),
    ('白', &["bai"]),
    ('北', &["bei"]),
    ('伯', &["bo", "bai"]),
    ('背', &["bei"]),
    ('坂', &["ban"]),
    ('车', &["che"]),
    ('澄', &["cheng"]),
    ('称', &["cheng"]),
    ('创', &["chuang"]),
    ('差', &["cha"]),
    ('房', &["fang"]),
    ('坊', &["fang"]),
    ('分', &["fen"]),
    ('凤', &["feng"]),
    ('父', &["fu"]),
    ('古', &["gu"]),
    ('鼓', &["gu"]),
    ('河', &["he"]),
    ('荷', &["he"]),
    ('侯', &["hou"]),
    ('化', &["hua"]),
    ('汇', &["hui"]),
    ('黄', &["huang"]),
    ('贾', &["jia", "gu"]),
    ('景', &["jing"]),
    ('教', &["jiao"]),
    ('经', &["jing"]),
    ('金', &["jin"]),
    ('井', &["jing"]),
    ('君', &["jun"]),
    ('看', &["kan"]),
    ('可', &["ke"]),
    ('科', &["ke"]),
    ('口', &["kou"]),
    ('庙', &["miao"]),
    ('没', &["mo"]),
    ('木', &["mu"]),
    ('难', &["nan"]),
    ('女', &["nv"]),
    ('坪', &["ping"]),
    ('铺', &["pu"]),
    ('其', &["qi"]),
    ('桥', &["qiao"]),
    ('且', &["qie"]),
    ('丘', &["qiu"]),
    ('色', &["se"]),
    ('少', &["shao"]),
    ('水', &["shui"]),
    ('说', &["shuo"]),
    ('寺', &["si"]),
    ('汤', &["tang"]),
    ('陶', &["tao"]),
    ('提', &["ti", "di"]),
    ('亭', &["ting"]),
    ('同', &["tong"]),
    ('委', &["wei"]),
    ('文', &["wen"]),
    ('吴', &["wu"]),
    ('午', &["wu"]),
    ('溪', &["xi"]),
    ('仙', &["xian"]),
    ('新', &["xin"]),
    ('学', &["xue"]),
    ('血', &["xue"]),
    ('伊', &["yi"]),
    ('应', &["ying"]),
    ('员', &["yuan"]),
    ('园', &["yuan"]),
    ('源', &["yuan"]),
    ('运', &["yun"]),
    ('载', &["zai"]),
    ('张', &["zhang"]),
    ('折', &["zhe"]),
    ('着', &["zhe"]),
    ('镇', &["zhen"]),
    ('种', &["zhong", "chong"]),
    ('转', &["zhuan"]),
    ('庄', &["zhuang"]),
    ('子', &["zi"]),
    ('作', &["zuo"]),
];

/// Words whose characters are said in one way only; longer ones before those they contain.
// tidy: table
const WORDS: &[(&str, &[&str])] = &[
    ("重庆", &["chong", "qing"]),
    ("重阳", &["chong", "yang"]),
    ("重点", &["zhong", "dian"]),
    ("重型", &["zhong", "xing"]),
    ("厦门", &["xia", "men"]),
    ("大厦", &["da", "sha"]),
    ("六安", &["lu", "an"]),
    ("铅山", &["yan", "shan"]),
    ("番禺", &["pan", "yu"]),
    ("蔚县", &["yu", "xian"]),
    ("长安", &["chang", "an"]),
    ("长江", &["chang", "jiang"]),
    ("长城", &["chang", "cheng"]),
    ("长沙", &["chang", "sha"]),
    ("成长", &["cheng", "zhang"]),
    ("银行", &["yin", "hang"]),
    ("乐亭", &["lao", "ting"]),
    ("音乐", &["yin", "yue"]),
    ("单县", &["shan", "xian"]),
    ("朝阳", &["chao", "yang"]),
    ("朝霞", &["zhao", "xia"]),
    ("会稽", &["kuai", "ji"]),
    ("歙县", &["she", "xian"]),
    ("浚县", &["xun", "xian"]),
    ("荥阳", &["xing", "yang"]),
    ("荥经", &["ying", "jing"]),
    ("枞阳", &["zong", "yang"]),
    ("蚌埠", &["beng", "bu"]),
    ("洪洞", &["hong", "tong"]),
    ("中牟", &["zhong", "mu"]),
    ("宿州", &["su", "zhou"]),
    ("宿舍", &["su", "she"]),
    ("吉安", &["ji", "an"]),
    ("莘县", &["shen", "xian"]),
    ("莘庄", &["xin", "zhuang"]),
    ("尉犁", &["yu", "li"]),
    ("西藏", &["xi", "zang"]),
    ("大夫", &["dai", "fu"]),
    ("大城", &["dai", "cheng"]),
    ("泌阳", &["bi", "yang"]),
    ("犍为", &["qian", "wei"]),
    ("台州", &["tai", "zhou"]),
    ("丽水", &["li", "shui"]),
    ("东阿", &["dong", "e"]),
    ("繁峙", &["fan", "shi"]),
    ("燕山", &["yan", "shan"]),
    ("十里铺", &["shi", "li", "pu"]),
    ("学校", &["xue", "xiao"]),
];

/// The voices of a character, the usual first; none when it has no pinyin.
pub(crate) fn voices(c: char) -> Vec<Cow<'static, str>> {
    static SORTED: OnceLock<BTreeMap<char, &[&str]>> = OnceLock::new();
    let known = SORTED.get_or_init(|| CHARACTERS.iter().copied().collect());
    if let Some(said) = known.get(&c) {
        return said.iter().map(|sound| Cow::Borrowed(*sound)).collect();
    }
    let mut found: Vec<Cow<'static, str>> = Vec::new();
    for voice in c.to_pinyin_multi().into_iter().flatten() {
        let sound = match voice.plain() {
            // A few interjections have no vowel; nobody spells a place by them.
            sound if !sound.contains(['a', 'e', 'i', 'o', 'u', 'v', 'ü']) => continue,
            sound if sound.contains('ü') => Cow::Owned(sound.replace('ü', "v")),
            sound => Cow::Borrowed(sound),
        };
        if !found.contains(&sound) && found.len() < VOICES_MAX {
            found.push(sound);
        }
    }
    found
}

/// The voices of every unit of a name, known words first.
pub(super) fn of_word(units: &[Unit]) -> Vec<Vec<Cow<'static, str>>> {
    let mut found: Vec<Vec<Cow<'static, str>>> = units.iter().map(of_unit).collect();
    for (word, sounds) in WORDS {
        let length = word.chars().count();
        for at in 0..(units.len() + 1).saturating_sub(length) {
            let is_here = units[at..at + length]
                .iter()
                .map(|unit| unit.folded)
                .eq(word.chars());
            if is_here {
                for (unit, sound) in found[at..].iter_mut().zip(*sounds) {
                    *unit = vec![Cow::Borrowed(*sound)];
                }
            }
        }
    }
    found
}

/// The voices of one unit; one without pinyin sounds as itself.
fn of_unit(unit: &Unit) -> Vec<Cow<'static, str>> {
    let mut found = voices(unit.spoken);
    if found.is_empty() {
        found = voices(unit.folded);
    }
    if found.is_empty() {
        found.push(Cow::Owned(unit.folded.to_string()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each word has a sound for each of its characters.
    #[test]
    fn words_have_as_many_sounds() {
        for (word, sounds) in WORDS {
            assert_eq!(word.chars().count(), sounds.len(), "{word}");
        }
    }
}
