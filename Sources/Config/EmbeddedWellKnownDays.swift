/// `config/well-known-days/vn.yaml`, compiled in. `packaging/embed.sh` makes it;
/// edit the YAML file, not this one.
enum EmbeddedWellKnownDays {
    static let vietnam = #"""
        # Days and months that the titles of Vietnamese plans name. `remindd check` compares such a title with `when`.
        #
        # names: how titles call the day. Capitals, commas, hyphens and the place of a tone mark (xoá, xóa) do not matter.
        # when: the day as a plan writes it. cite: the document that sets or observes the day, the body that keeps it, or custom.
        # preparing: words that make a title, wherever they stand in it, one about work for the day, which comes on another date.
        # Compiled in by packaging/embed.sh; remindd does not read this file while it runs.
        preparing:
          - [kế hoạch, báo cáo, tổng kết, sơ kết, chuẩn bị, hướng dẫn, đăng ký, dự thảo, công văn, tờ trình, nộp, gửi, tập huấn]
          - [cuộc họp, phiên họp, họp bàn, họp báo, tặng quà, kiểm tra, sửa chữa]
          - [trước, sau, plan, report, prepare, preparation, draft, register, meeting, before, after]
        days:
          - names: [Ngày Quốc tế Phụ nữ, Quốc tế Phụ nữ, International Women's Day]
            when: 8/3
            cite: custom; observed by the United Nations since 1975
          - names: [Ngày Quốc tế Hạnh phúc, Quốc tế Hạnh phúc, International Day of Happiness]
            when: 20/3
            cite: United Nations General Assembly, resolution 66/281 of 28 June 2012; Quyết định 2589/QĐ-TTg ngày 26/12/2013
          - names:
              - thành lập Đoàn TNCS Hồ Chí Minh
              - thành lập Đoàn Thanh niên Cộng sản Hồ Chí Minh
              - Ngày thành lập Đoàn Thanh niên
              - Youth Union Day
            when: 26/3
            cite: Đại hội Đoàn toàn quốc lần thứ III (1961)
          - names: [Giải phóng miền Nam, giải phóng hoàn toàn miền Nam, Reunification Day]
            when: 30/4
            cite: Nghị định 145/2013/NĐ-CP, Điều 4; Bộ luật Lao động 45/2019/QH14, Điều 112
          - names: [Quốc tế Lao động, International Workers' Day]
            when: 1/5
            cite: Bộ luật Lao động 45/2019/QH14, Điều 112
          - names: [ngày sinh Chủ tịch Hồ Chí Minh, ngày sinh của Chủ tịch Hồ Chí Minh, sinh nhật Bác, ngày sinh của Bác]
            when: 19/5
            cite: Nghị định 145/2013/NĐ-CP, Điều 4
          - names: [Quốc tế Thiếu nhi, Tết Thiếu nhi, International Children's Day]
            when: 1/6
            cite: Women's International Democratic Federation, 1949
          - names: [Ngày Gia đình Việt Nam, Vietnamese Family Day, Vietnam Family Day]
            when: 28/6
            cite: Quyết định 72/2001/QĐ-TTg ngày 04/5/2001
          - names: [Ngày Dân số Thế giới, World Population Day]
            when: 11/7
            cite: UNDP Governing Council, 1989; continued by United Nations General Assembly resolution 45/216 (December 1990)
          - names: [Ngày Thương binh - Liệt sĩ, Ngày Thương binh - Liệt sỹ, War Invalids and Martyrs Day]
            when: 27/7
            cite: Chỉ thị 223-CT/TW ngày 08/7/1975 của Ban Bí thư Trung ương Đảng
          - names: [Cách mạng Tháng Tám, Cách mạng tháng 8, August Revolution]
            when: 19/8
            cite: Nghị định 145/2013/NĐ-CP, Điều 4
          - names: [Quốc khánh, Vietnam National Day]
            when: 2/9
            cite: Nghị định 145/2013/NĐ-CP, Điều 4; Bộ luật Lao động 45/2019/QH14, Điều 112
          - names: [Ngày Chuyển đổi số quốc gia, National Digital Transformation Day]
            when: 10/10
            cite: Quyết định 505/QĐ-TTg ngày 22/4/2022
          - names: [Giải phóng Thủ đô]
            when: 10/10
            cite: the day itself, 10/10/1954
          - names: [Ngày Phụ nữ Việt Nam, Vietnamese Women's Day, Vietnam Women's Day]
            when: 20/10
            cite: Thông báo 382-TB/TW ngày 15/10/2010 của Ban Bí thư Trung ương Đảng
          - names: [Ngày Nhà giáo Việt Nam, Vietnamese Teachers' Day, Vietnam Teachers' Day]
            when: 20/11
            cite: Quyết định 167-HĐBT ngày 28/9/1982
          - names:
              - xóa bỏ bạo lực đối với phụ nữ
              - xóa bỏ bạo lực với phụ nữ
              - loại bỏ bạo lực đối với phụ nữ
              - Elimination of Violence against Women
            when: 25/11
            cite: United Nations General Assembly, resolution 54/134 of 17 December 1999
          - names: [thành lập Quân đội nhân dân Việt Nam, Ngày hội Quốc phòng toàn dân, People's Army Day]
            when: 22/12
            cite: Chỉ thị 381-CT/TW ngày 17/10/1989 của Ban Bí thư Trung ương Đảng; the army was founded on 22/12/1944
          - names: [Ngày Dân số Việt Nam, Vietnam Population Day]
            when: 26/12
            cite: Quyết định 326/TTg ngày 19/5/1997

          # Feasts of the lunar calendar. How it is reckoned: Quyết định 121-CP ngày 08/8/1967 của Hội đồng Chính phủ.
          - names: [Tết Nguyên đán, Tết Âm lịch, mùng 1 Tết, mồng 1 Tết, Lunar New Year]
            when: âm lịch 1/1
            cite: Nghị định 145/2013/NĐ-CP, Điều 4; Bộ luật Lao động 45/2019/QH14, Điều 112
          - names: [Tết Nguyên tiêu, rằm tháng Giêng]
            when: âm lịch 15/1
            cite: custom
          - names: [Giỗ Tổ Hùng Vương, Giỗ Tổ, Hung Kings Day, Hung Kings Festival]
            when: âm lịch 10/3
            cite: Nghị định 145/2013/NĐ-CP, Điều 4; Bộ luật Lao động 45/2019/QH14, Điều 112
          - names: [Phật đản, Vesak]
            when: âm lịch 15/4
            cite: Giáo hội Phật giáo Việt Nam
          - names: [Tết Đoan ngọ]
            when: âm lịch 5/5
            cite: custom
          - names: [Vu lan, rằm tháng Bảy]
            when: âm lịch 15/7
            cite: custom
          # Both 1/6 and Mid-Autumn are called Tết Thiếu nhi.
          - names: [Trung thu, rằm tháng Tám, Tết Thiếu nhi, Mid-Autumn]
            when: âm lịch 15/8
            cite: custom
          - names: [ông Công ông Táo, ông Công, ông Táo, Kitchen Gods Day]
            when: âm lịch 23/12
            cite: custom
          - names: [giao thừa]
            when: ngày cuối tháng Chạp
            cite: custom

          # Months of action.
          - names: [Tháng Thanh niên]
            when: tháng 3
            cite: Luật Thanh niên 57/2020/QH14, Điều 9
          - names: [Tháng Công nhân]
            when: tháng 5
            cite: Thông báo 77-TB/TW (2012) của Ban Bí thư Trung ương Đảng
          - names: [Tháng hành động về an toàn vệ sinh lao động, Tháng An toàn vệ sinh lao động]
            when: tháng 5
            cite: Quyết định 87/QĐ-TTg ngày 12/01/2016
          - names: [Tháng hành động vì trẻ em, Action Month for Children]
            when: tháng 6
            cite: Luật Trẻ em 102/2016/QH13, Điều 11
          - names:
              - Tháng hành động quốc gia phòng, chống bạo lực gia đình
              - Tháng hành động quốc gia về phòng, chống bạo lực gia đình
              - Tháng hành động về phòng, chống bạo lực gia đình
            when: tháng 6
            cite: Quyết định 363/QĐ-TTg ngày 08/3/2016
          - names: [Tháng hành động vì bình đẳng giới, Tháng hành động bình đẳng giới, Action Month for Gender Equality]
            when: 15/11 - 15/12
            cite: kept every year since 2016; first under Quyết định 1696/QĐ-TTg ngày 02/10/2015 (2016-2020)
          - names: [Tháng hành động quốc gia về Dân số]
            when: tháng 12
            cite: Quyết định 2161/QĐ-TTg ngày 26/11/2010
        """# + "\n"
}
