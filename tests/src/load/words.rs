//! Small lists out of which the words of a past are put together: places, what callers say, what
//! units report. Nobody and nothing in them is real.
//!
//! Not here: which incident says what (`plan`).

use super::dice::Dice;

const ROADS: &[&str] = &[
    "人民路",
    "解放路",
    "建设路",
    "中山路",
    "和平街",
    "新华街",
    "沿江路",
    "望北大道",
    "站前路",
    "工业园一路",
    "工业园二路",
    "学府路",
    "东环路",
    "西环路",
    "南湖路",
    "北门街",
    "朝阳巷",
    "菜市街",
    "水厂路",
    "体育场路",
    "文昌路",
    "桂花巷",
    "老城根",
    "青石街",
    "渡口路",
    "火车站广场",
    "县医院门前",
    "三中后门",
    "农贸市场",
    "汽车东站",
];
const SPOTS: &[&str] = &[
    "路口",
    "东口",
    "西口",
    "公交站",
    "超市门前",
    "加油站旁",
    "桥头",
    "小区门口",
    "夜市",
    "红绿灯处",
];
const VILLAGES: &[&str] = &[
    "张家湾",
    "李庄",
    "上河村",
    "下河村",
    "石桥村",
    "柳树屯",
    "白沙洲",
    "枫林坳",
    "杨家畈",
    "大塘边",
    "双桥",
    "龙泉",
    "黄土岭",
    "梅家坪",
    "古渡村",
    "新屋场",
    "桐子坡",
    "荷叶塘",
    "竹山背",
    "牛角冲",
];
const TOWNS: &[&str] = &[
    "城东街道",
    "城南街道",
    "双桥镇",
    "石桥镇",
    "白沙镇",
    "龙泉乡",
];
const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭",
    "何", "林", "罗", "高", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹",
];
const NUMBERS: &[&str] = &[
    "130", "133", "135", "136", "137", "138", "139", "150", "158", "186",
];

/// Type code, level, what is said.
type Saying = (&'static str, u8, &'static str);

const POLICE: &[Saying] = &[
    ("0201", 2, "两家店主为占道打起来了，有人拿了凳子"),
    ("0202", 2, "被陌生人打了一拳，对方还没走"),
    ("020301", 2, "有人喝多了砸店里的东西"),
    ("0207", 2, "隔壁一直在打骂，听到小孩哭"),
    ("0105", 2, "回家发现门被撬，抽屉翻乱了"),
    ("010601", 2, "电动车停在楼下不见了"),
    ("0108", 2, "网上刷单被骗，钱已经转出去了"),
    ("050101", 1, "楼上放音响吵得睡不着，说了几次都不听"),
    ("0501", 1, "邻居把水排到我家门前，吵起来了"),
    ("0503", 1, "买的手机是坏的，店家不肯退"),
    ("0504", 1, "工地不发工资，二十几个人在门口"),
    ("0204", 1, "车窗被人砸了，没有丢东西"),
];
const FIRE: &[Saying] = &[
    ("0401", 3, "三楼窗户冒烟，看到明火"),
    ("0404", 2, "路边垃圾堆着火，离房子很近"),
    ("0405", 3, "楼道里电动车充电烧起来了"),
    ("0406", 3, "厨房闻到很大的煤气味"),
    ("0408", 2, "电梯停在中间，里面困了三个人"),
    ("0413", 1, "屋檐下有马蜂窝，蜇了人"),
];
const TRAFFIC: &[Saying] = &[
    ("0301", 1, "两车追尾，没有人受伤，堵了一条车道"),
    ("0302", 3, "摩托车和轿车相撞，骑车的人腿流血"),
    ("0303", 2, "撞了就跑了，记得是一辆白色面包车"),
    ("0305", 1, "货车停在路中间，后面都过不去"),
    ("0307", 1, "红绿灯全灭了，路口很乱"),
    ("0309", 1, "路上掉了一堆沙石"),
];
const NOTHING: &[&str] = &[
    "接通后无人说话",
    "小孩玩手机误拨",
    "咨询户籍办理时间",
    "称打错了",
    "重复来电，已有警情",
    "骂人后挂断",
    "线路测试",
    "问路",
    "口袋里误触紧急呼叫",
];
const FOUND: &[&str] = &[
    "到场，双方已分开，正在询问",
    "现场无人受伤，已做笔录",
    "伤者一人，请120到场",
    "双方同意调解",
    "火已扑灭，无人员伤亡",
    "车辆已移至路边，恢复通行",
    "未发现异常，报警人已离开",
    "嫌疑人已带回所里",
    "已拍照取证，监控另行调取",
    "围观人员已疏散",
];
const NOTES: &[&str] = &[
    "报警人再次来电催问，已告知单位在途中",
    "已电话通知村委会",
    "请值班领导知悉",
    "报警人愿意在现场等候",
];

/// What one incident is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Who calls, e.g. `刘女士`.
    pub name: String,
    /// From where.
    pub number: String,
    /// Where it is.
    pub place: String,
    /// Its town.
    pub town: &'static str,
    /// What is said.
    pub text: String,
    /// Type code; empty when it is nothing.
    pub type_code: &'static str,
    /// Level (code).
    pub level: u8,
}

/// Throws the words of an incident on a line (code 1–3).
pub fn words(dice: &mut Dice, line: u8, is_nothing: bool) -> Words {
    let title = if dice.percent(50) { "先生" } else { "女士" };
    let name = format!("{}{title}", dice.pick(SURNAMES));
    let number = format!("{}0000{:04}", dice.pick(NUMBERS), dice.below(10_000));
    let town = dice.pick(TOWNS);
    let place = if dice.percent(60) {
        let house = dice.between(1, 480);
        format!("{}{house}号{}", dice.pick(ROADS), dice.pick(SPOTS))
    } else {
        let group = dice.between(1, 18);
        format!("{town}{}{group}组", dice.pick(VILLAGES))
    };
    let sayings = match line {
        2 => FIRE,
        3 => TRAFFIC,
        _ => POLICE,
    };
    let at = usize::try_from(dice.below(sayings.len() as u64)).unwrap_or(0);
    let (type_code, level, said) = sayings.get(at).copied().unwrap_or(("", 1, ""));
    if is_nothing {
        let text = dice.pick(NOTHING).to_owned();
        return Words {
            name,
            number,
            place,
            town,
            text,
            type_code: "",
            level: 1,
        };
    }
    let text = format!("{said}，在{place}，{name}报");
    Words {
        name,
        number,
        place,
        town,
        text,
        type_code,
        level,
    }
}

/// What a unit reports.
pub fn found(dice: &mut Dice) -> &'static str {
    dice.pick(FOUND)
}

/// A line that is noted.
pub fn note(dice: &mut Dice) -> &'static str {
    dice.pick(NOTES)
}

/// Queries as they are typed at the desk, by kind: (kind, query).
pub fn query(dice: &mut Dice) -> (&'static str, String) {
    match dice.below(6) {
        0 => ("road", dice.pick(ROADS).to_owned()),
        1 => {
            let house = dice.between(1, 480);
            ("address", format!("{}{house}号", dice.pick(ROADS)))
        }
        2 => ("village", dice.pick(VILLAGES).to_owned()),
        3 => ("digits", format!("{:04}", dice.below(10_000))),
        4 => {
            let number = format!("{}0000{:04}", dice.pick(NUMBERS), dice.below(10_000));
            ("number", number)
        }
        // Every pair is known, the words are not.
        _ => (
            "nowhere",
            format!("{}{}", dice.pick(SPOTS), dice.pick(VILLAGES)),
        ),
    }
}
