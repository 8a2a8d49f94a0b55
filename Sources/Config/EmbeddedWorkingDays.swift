/// `config/working-days/vn.yaml`, compiled in. `packaging/embed.sh` makes it;
/// edit the YAML file, not this one.
enum EmbeddedWorkingDays {
    static let vietnam = #"""
        # yaml-language-server: $schema=../working-days.schema.json
        # Working days of Vietnamese public offices (weekly rest on Saturday and Sunday).
        #
        # How a day is judged: `off` wins over everything, then `work`, then `holidays`, then `weekly_rest`.
        # holidays: what the law gives every year, as phrases like those of a plan. `years` goes by the Gregorian year of the start, for
        #   lunar days too.
        # off, work: dated exceptions, each with the decision it comes from.
        # official: years whose decisions are entered. Later years are computed from the law alone: the second day of National Day,
        #   the exact span of Tết and all swaps are decided each year and are missing until you enter them; `check` says so.
        # What differs from other published calendars, and why: README.md beside this file.
        calendar: vn
        title: Lịch làm việc của công chức, viên chức Việt Nam
        weekly_rest: [Saturday, Sunday]
        official: 2015-2026

        holidays:
          - title: Tết Dương lịch
            when: 1/1
            years: 2015-
            cite: "Bộ luật Lao động 2012, Điều 115 (đến năm 2020); Bộ luật Lao động 2019, Điều 112 (từ năm 2021)"
          - title: Giao thừa Tết Nguyên đán
            when: ngày cuối tháng Chạp
            years: 2015-
            cite: "Bộ luật Lao động 2012, Điều 115 (đến năm 2020); Bộ luật Lao động 2019, Điều 112 (từ năm 2021): Tết Âm lịch 05 ngày"
          - title: Tết Nguyên đán
            when: âm lịch 1/1 - 4/1
            years: 2015-
            cite: "Bộ luật Lao động 2012, Điều 115 (đến năm 2020); Bộ luật Lao động 2019, Điều 112 (từ năm 2021): Tết Âm lịch 05 ngày"
          - title: Ngày Giỗ Tổ Hùng Vương
            when: 10/3 âm lịch
            years: 2015-
            cite: "Bộ luật Lao động 2012, Điều 115 (đến năm 2020); Bộ luật Lao động 2019, Điều 112 (từ năm 2021)"
          - title: Ngày Chiến thắng
            when: 30/4
            years: 2015-
            cite: "Bộ luật Lao động 2012, Điều 115 (đến năm 2020); Bộ luật Lao động 2019, Điều 112 (từ năm 2021)"
          - title: Ngày Quốc tế Lao động
            when: 1/5
            years: 2015-
            cite: "Bộ luật Lao động 2012, Điều 115 (đến năm 2020); Bộ luật Lao động 2019, Điều 112 (từ năm 2021)"
          - title: Quốc khánh
            when: 2/9
            years: 2015-
            cite: "Bộ luật Lao động 2012, Điều 115 (đến năm 2020); Bộ luật Lao động 2019, Điều 112 (từ năm 2021: hai ngày, ngày liền kề do Thủ tướng Chính phủ quyết định hằng năm)"
          # Ngày Văn hóa Việt Nam. Resolution 80-NQ/TW of 7 January 2026 chooses 24 November as a paid day off; the act of the
          # National Assembly that makes it one was not verified when this file was written. Enter it once you have its number:
          # - title: Ngày Văn hóa Việt Nam
          #   when: 24/11
          #   years: 2026-
          #   cite: "…"

        off:
          # 2015
          - {date: 2015-01-02, cite: "Hoán đổi với thứ bảy 27/12/2014: thông báo của Bộ Lao động - Thương binh và Xã hội về Tết Dương lịch 2015"}
          - {date: 2015-02-16, cite: "Hoán đổi với thứ bảy 14/02/2015: Tết Ất Mùi nghỉ 15/02 - 23/02/2015 (Tờ trình số 89/TTr-LĐTBXH ngày 20/11/2014, Thủ tướng Chính phủ đồng ý)"}
          - {date: 2015-02-17, cite: "Tết Ất Mùi nghỉ 15/02 - 23/02/2015 (Tờ trình số 89/TTr-LĐTBXH ngày 20/11/2014, Thủ tướng Chính phủ đồng ý)"}
          - {date: 2015-02-23, cite: "Nghỉ bù: Tết Ất Mùi nghỉ 15/02 - 23/02/2015 (Tờ trình số 89/TTr-LĐTBXH ngày 20/11/2014, Thủ tướng Chính phủ đồng ý)"}
          - {date: 2015-04-29, cite: "Hoán đổi với thứ bảy 25/04/2015: thông báo của Bộ Lao động - Thương binh và Xã hội về nghỉ lễ năm 2015"}
          # 2016
          - {date: 2016-02-12, cite: "Nghỉ bù: Tết Bính Thân nghỉ 06/02 - 14/02/2016, Thông báo số 4659/TB-LĐTBXH ngày 13/11/2015"}
          - {date: 2016-04-18, cite: "Nghỉ bù Giỗ Tổ Hùng Vương (thứ bảy 16/4): Bộ luật Lao động 2012, Điều 115 khoản 3"}
          - {date: 2016-05-02, cite: "Nghỉ bù ngày 30/4 (thứ bảy): Bộ luật Lao động 2012, Điều 115 khoản 3"}
          - {date: 2016-05-03, cite: "Nghỉ bù ngày 1/5 (chủ nhật): Bộ luật Lao động 2012, Điều 115 khoản 3"}
          # 2017
          - {date: 2017-01-02, cite: "Nghỉ bù Tết Dương lịch (chủ nhật 01/01): Bộ luật Lao động 2012, Điều 115 khoản 3"}
          - {date: 2017-01-26, cite: "Tết Đinh Dậu nghỉ 26/01 - 01/02/2017: Công văn số 9794/VPCP-KGVX ngày 14/11/2016"}
          - {date: 2017-02-01, cite: "Nghỉ bù: Tết Đinh Dậu nghỉ 26/01 - 01/02/2017, Công văn số 9794/VPCP-KGVX ngày 14/11/2016"}
          - {date: 2017-05-02, cite: "Nghỉ bù ngày 30/4 (chủ nhật): Bộ luật Lao động 2012, Điều 115 khoản 3"}
          - {date: 2017-09-04, cite: "Nghỉ bù Quốc khánh (thứ bảy 02/9): Bộ luật Lao động 2012, Điều 115 khoản 3"}
          # 2018
          - {date: 2018-02-14, cite: "Tết Mậu Tuất nghỉ 14/02 - 20/02/2018: ý kiến của Thủ tướng Chính phủ về nghỉ lễ, Tết năm 2018, Văn phòng Chính phủ thông báo"}
          - {date: 2018-02-20, cite: "Nghỉ bù: Tết Mậu Tuất nghỉ 14/02 - 20/02/2018, ý kiến của Thủ tướng Chính phủ về nghỉ lễ, Tết năm 2018, Văn phòng Chính phủ thông báo"}
          - {date: 2018-09-03, cite: "Nghỉ bù Quốc khánh (chủ nhật 02/9): Bộ luật Lao động 2012, Điều 115 khoản 3"}
          - {date: 2018-12-31, cite: "Hoán đổi với thứ bảy 05/01/2019: Công văn số 6519/VPCP-KGVX ngày 11/7/2018"}
          # 2019
          - {date: 2019-04-15, cite: "Nghỉ bù Giỗ Tổ Hùng Vương (chủ nhật 14/4): Bộ luật Lao động 2012, Điều 115 khoản 3"}
          - {date: 2019-04-29, cite: "Hoán đổi với thứ bảy 04/5/2019: Công văn số 6519/VPCP-KGVX ngày 11/7/2018"}
          # 2020
          - {date: 2020-01-23, cite: "Tết Canh Tý nghỉ 23/01 - 29/01/2020: thông báo của Bộ Lao động - Thương binh và Xã hội về nghỉ Tết Âm lịch năm 2020"}
          - {date: 2020-01-29, cite: "Nghỉ bù: Tết Canh Tý nghỉ 23/01 - 29/01/2020, thông báo của Bộ Lao động - Thương binh và Xã hội về nghỉ Tết Âm lịch năm 2020"}
          # 2021
          - {date: 2021-02-10, cite: "Tết Tân Sửu nghỉ 10/02 - 16/02/2021: Công văn số 9895/VPCP-KGVX ngày 26/11/2020"}
          - {date: 2021-02-16, cite: "Nghỉ bù: Tết Tân Sửu nghỉ 10/02 - 16/02/2021, Công văn số 9895/VPCP-KGVX ngày 26/11/2020"}
          - {date: 2021-05-03, cite: "Nghỉ bù ngày 1/5 (thứ bảy): Bộ luật Lao động 2019, Điều 111 khoản 3"}
          - {date: 2021-09-03, cite: "Quốc khánh nghỉ 02/9 - 05/9/2021: Công văn số 9895/VPCP-KGVX ngày 26/11/2020"}
          # 2022
          - {date: 2022-01-03, cite: "Nghỉ bù Tết Dương lịch (thứ bảy 01/01): Bộ luật Lao động 2019, Điều 111 khoản 3"}
          - {date: 2022-04-11, cite: "Nghỉ bù Giỗ Tổ Hùng Vương (chủ nhật 10/4): Bộ luật Lao động 2019, Điều 111 khoản 3"}
          - {date: 2022-05-02, cite: "Nghỉ bù ngày 30/4 (thứ bảy): Bộ luật Lao động 2019, Điều 111 khoản 3"}
          - {date: 2022-05-03, cite: "Nghỉ bù ngày 1/5 (chủ nhật): Bộ luật Lao động 2019, Điều 111 khoản 3"}
          - {date: 2022-09-01, cite: "Quốc khánh nghỉ 01/9 - 02/9/2022: Công văn số 245/VPCP-KGVX ngày 11/01/2022"}
          # 2023
          - {date: 2023-01-02, cite: "Nghỉ bù Tết Dương lịch (chủ nhật 01/01): Bộ luật Lao động 2019, Điều 111 khoản 3"}
          - {date: 2023-01-20, cite: "Tết Quý Mão nghỉ 20/01 - 26/01/2023: Công văn số 8056/VPCP-KGVX ngày 01/12/2022"}
          - {date: 2023-01-26, cite: "Nghỉ bù: Tết Quý Mão nghỉ 20/01 - 26/01/2023, Công văn số 8056/VPCP-KGVX ngày 01/12/2022"}
          - {date: 2023-05-02, cite: "Nghỉ bù Giỗ Tổ Hùng Vương (thứ bảy 29/4): Bộ luật Lao động 2019, Điều 111 khoản 3"}
          - {date: 2023-05-03, cite: "Nghỉ bù ngày 30/4 (chủ nhật): Bộ luật Lao động 2019, Điều 111 khoản 3"}
          - {date: 2023-09-01, cite: "Quốc khánh nghỉ 01/9 - 04/9/2023: Công văn số 8056/VPCP-KGVX ngày 01/12/2022"}
          - {date: 2023-09-04, cite: "Nghỉ bù: Quốc khánh nghỉ 01/9 - 04/9/2023, Công văn số 8056/VPCP-KGVX ngày 01/12/2022"}
          # 2024
          - {date: 2024-02-08, cite: "Tết Giáp Thìn nghỉ 08/02 - 14/02/2024: Thông báo số 5015/TB-LĐTBXH ngày 22/11/2023"}
          - {date: 2024-02-14, cite: "Nghỉ bù: Tết Giáp Thìn nghỉ 08/02 - 14/02/2024, Thông báo số 5015/TB-LĐTBXH ngày 22/11/2023"}
          - {date: 2024-04-29, cite: "Hoán đổi với thứ bảy 04/5/2024: Công văn số 2450/VPCP-KGVX ngày 12/4/2024"}
          - {date: 2024-09-03, cite: "Quốc khánh nghỉ 31/8 - 03/9/2024: Thông báo số 5015/TB-LĐTBXH ngày 22/11/2023"}
          # 2025
          - {date: 2025-01-27, cite: "Tết Ất Tỵ nghỉ 25/01 - 02/02/2025: Công văn số 8726/VPCP-KGVX ngày 26/11/2024, Thông báo số 6150/TB-BLĐTBXH"}
          - {date: 2025-05-02, cite: "Hoán đổi với thứ bảy 26/4/2025: Công văn số 8726/VPCP-KGVX ngày 26/11/2024, Thông báo số 6150/TB-BLĐTBXH"}
          - {date: 2025-09-01, cite: "Quốc khánh nghỉ 30/8 - 02/9/2025: Công văn số 8726/VPCP-KGVX ngày 26/11/2024, Thông báo số 6150/TB-BLĐTBXH"}
          # 2026
          - {date: 2026-01-02, cite: "Hoán đổi với thứ bảy 10/01/2026: Công văn số 12729/VPCP-KGVX ngày 25/12/2025"}
          - {date: 2026-04-27, cite: "Nghỉ bù Giỗ Tổ Hùng Vương (chủ nhật 26/4): Bộ luật Lao động 2019, Điều 111 khoản 3"}
          - {date: 2026-08-31, cite: "Hoán đổi với thứ bảy 22/8/2026: Thông báo số 9441/TB-BNV ngày 16/10/2025"}
          - {date: 2026-09-01, cite: "Quốc khánh nghỉ 29/8 - 02/9/2026: Thông báo số 9441/TB-BNV ngày 16/10/2025"}
          # Computed from the law, not announced: fixed holidays of coming years that fall on a weekly rest day.
          - {date: 2027-05-03, cite: "Nghỉ bù ngày 1/5 (thứ bảy): tính theo Bộ luật Lao động 2019, Điều 111 khoản 3, chưa có thông báo"}
          - {date: 2028-01-03, cite: "Nghỉ bù Tết Dương lịch (thứ bảy 01/01): tính theo Bộ luật Lao động 2019, Điều 111 khoản 3, chưa có thông báo"}
          - {date: 2028-05-02, cite: "Nghỉ bù ngày 30/4 (chủ nhật): tính theo Bộ luật Lao động 2019, Điều 111 khoản 3, chưa có thông báo"}
          - {date: 2028-09-04, cite: "Nghỉ bù Quốc khánh (thứ bảy 02/9): tính theo Bộ luật Lao động 2019, Điều 111 khoản 3, chưa có thông báo"}

        work:
          - {date: 2015-02-14, cite: "Làm bù cho thứ hai 16/02/2015: Tờ trình số 89/TTr-LĐTBXH ngày 20/11/2014, Thủ tướng Chính phủ đồng ý"}
          - {date: 2015-04-25, cite: "Làm bù cho thứ tư 29/4/2015: thông báo của Bộ Lao động - Thương binh và Xã hội về nghỉ lễ năm 2015"}
          - {date: 2019-01-05, cite: "Làm bù cho thứ hai 31/12/2018: Công văn số 6519/VPCP-KGVX ngày 11/7/2018"}
          - {date: 2019-05-04, cite: "Làm bù cho thứ hai 29/4/2019: Công văn số 6519/VPCP-KGVX ngày 11/7/2018"}
          - {date: 2024-05-04, cite: "Làm bù cho thứ hai 29/4/2024: Công văn số 2450/VPCP-KGVX ngày 12/4/2024"}
          - {date: 2025-04-26, cite: "Làm bù cho thứ sáu 02/5/2025: Công văn số 8726/VPCP-KGVX ngày 26/11/2024, Thông báo số 6150/TB-BLĐTBXH"}
          - {date: 2026-01-10, cite: "Làm bù cho thứ sáu 02/01/2026: Công văn số 12729/VPCP-KGVX ngày 25/12/2025"}
          - {date: 2026-08-22, cite: "Làm bù cho thứ hai 31/8/2026: Thông báo số 9441/TB-BNV ngày 16/10/2025"}
        """# + "\n"
}
